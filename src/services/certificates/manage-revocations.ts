import type { Revocation } from '../../core/certificate';
import { certificateInUse, type Device, parseDeviceId } from '../../core/device';
import { DomainError } from '../../core/errors';
import type { Actor } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import type { CertificateFolder, RevocationsInForce } from '../../ports/certificates';
import type { JournalRecords } from '../../ports/journal';
import type { Log } from '../../ports/log';
import type { Clock } from '../../ports/clock';
import type { DeviceTokens } from '../access/device-tokens';

/** What to revoke. */
export type RevocationTarget =
  | {
      /** In any notation. */
      readonly serial: string;
      /** Only if a certificate with this serial was issued here. */
      readonly isKnown?: boolean;
      /** The device it belongs to, if known. */
      readonly deviceId?: string;
    }
  | {
      /** The certificate itself. */
      readonly certificatePem: string;
    }
  | {
      /** The device whose current certificate to revoke. This keeps the device out, so its token is removed too. */
      readonly usedBy: string;
    };

export interface RevocationPage {
  /** Newest first. */
  readonly revocations: readonly Revocation[];
  readonly total: number;
  /** Cursor of the next page; `null` on the last one. */
  readonly next: string | null;
}

/** Which device certificates are refused, from any issuer. */
export interface ManageRevocations {
  /** @throws DomainError `invalid-input` if the cursor belongs to another list, `configuration` if the list is damaged */
  list(query: { readonly limit: number; readonly after?: string }): Promise<RevocationPage>;
  /**
   * Revokes one certificate: when the promise resolves, that is on disk and in force, for open connections too. Revoking a revoked
   * certificate changes nothing.
   * @throws DomainError `not-found`, `conflict` for a device that has not connected, `invalid-input`, `configuration`,
   * `storage-full`, `unavailable`
   */
  revoke(target: RevocationTarget, reason: string | undefined, actor: Actor): Promise<Revocation>;
  /** When a certificate was revoked; `null` if it was not. It reads only memory. */
  readonly revokedAt: (serial: string) => Date | null;
}

export interface ManageRevocationsPorts {
  readonly certificates: Pick<CertificateFolder, 'revocations' | 'revoke'>;
  /** @throws DomainError `not-found` */
  readonly getDevice: (id: string) => Promise<Pick<Device, 'certificates'>>;
  readonly revocationsInForce: RevocationsInForce;
  readonly deviceTokens: Pick<DeviceTokens, 'revoked'>;
  readonly journal: Pick<JournalRecords, 'record'>;
  readonly log: Pick<Log, 'error'>;
  readonly now: Clock;
}

export function createManageRevocations(ports: ManageRevocationsPorts): ManageRevocations {
  const { certificates, getDevice, log, now } = ports;

  async function requestOf(target: RevocationTarget): Promise<Parameters<CertificateFolder['revoke']>[0]> {
    if ('certificatePem' in target) return { certificate: target.certificatePem };
    if ('usedBy' in target) {
      const deviceId = parseDeviceId(target.usedBy);
      return { serial: serialInUse(deviceId, await getDevice(deviceId)), deviceId };
    }
    const { serial, isKnown = false, deviceId } = target;
    if (isKnown) return { which: serial, isSerial: true };
    return { serial, ...(deviceId === undefined ? {} : { deviceId: parseDeviceId(deviceId) }) };
  }

  /** The change is already made, whether or not its line can be written. */
  async function tell({ serial, commonName: deviceId, reason }: Revocation, actor: Actor): Promise<void> {
    try {
      await ports.journal.record([
        {
          kind: 'certificate.revoked',
          at: now(),
          actor,
          reason: saying('certificate-revoked', {
            serial,
            device: deviceId === '' ? null : deviceId,
            why: reason,
          }),
          subject: deviceId === '' ? {} : { deviceId },
          after: { serial, reason },
        },
      ]);
    } catch (error) {
      log.error({ err: error }, 'the journal took no line');
    }
  }

  return {
    async list({ limit, after }) {
      const all = [...(await certificates.revocations())].reverse();
      const start = after === undefined ? 0 : all.findIndex(({ serial }) => serial === after) + 1;
      if (after !== undefined && start === 0) throw noPage();
      const page = all.slice(start, start + limit);
      const hasMore = start + limit < all.length;
      return {
        revocations: page,
        total: all.length,
        next: hasMore ? (page.at(-1)?.serial ?? null) : null,
      };
    },

    async revoke(target, reason, actor) {
      const request = { ...(await requestOf(target)), ...(reason === undefined ? {} : { reason }) };
      const before = new Set((await certificates.revocations()).map(({ serial }) => serial));
      const [revocation] = await certificates.revoke(request);
      if (revocation === undefined) throw new Error('a revocation came to nothing');
      await ports.revocationsInForce.refresh();
      if (!before.has(revocation.serial)) await tell(revocation, actor);
      if ('usedBy' in target) await ports.deviceTokens.revoked(parseDeviceId(target.usedBy), actor);
      return revocation;
    },

    revokedAt: (serial) => ports.revocationsInForce.find(serial)?.revokedAt ?? null,
  };
}

/** @throws DomainError `conflict` */
function serialInUse(deviceId: string, device: Pick<Device, 'certificates'>): string {
  const inUse = certificateInUse(device);
  if (inUse !== undefined) return inUse.serial;
  throw DomainError.of('device-without-certificate', { deviceId });
}

function noPage(): DomainError {
  return DomainError.of('list-changed');
}
