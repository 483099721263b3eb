import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  CertificateInventory,
  CertificateSummary,
  KnownCertificate,
  Revocation,
} from '../core/certificate';
import { systemErrorCode } from '../base/files/system-error';
import type { NumberedIssue } from '../ports/issuance';
import { exists } from './file-pair';
import { allIssued, type KnownIssue } from './issuance';
import { issuanceLogName } from './issuance-log';
import { deviceFileNames, listOwnCertificates, readDeviceFile } from './list-certificates';
import type { CertificatePlace } from './folder-context';
import { allRevocations, revocationFileName } from './revocation-list';
import { beginning } from './validity';

/** Issuing, revoking or removing a certificate changes one of these. */
const watched = ['ca.crt', 'ca.key', 'server.crt', issuanceLogName, revocationFileName, 'devices'];

/** What servers share, as it was read. */
interface Shared {
  readonly revocations: readonly Revocation[];
  readonly issued: readonly NumberedIssue[];
}

const nothing: Shared = { revocations: [], issued: [] };

/**
 * The inventory of a folder and of what servers share. It reads the log, and only those device files that the log does not know: a
 * fleet has tens of thousands. Nothing is read again until the folder changes.
 */
export class FolderInventory {
  /** Summaries of the device files that the log does not know. */
  readonly #unlogged = new Map<string, CertificateSummary>();
  #known:
    | {
        readonly stamp: string;
        readonly shared: Shared;
        readonly inventory: Promise<CertificateInventory>;
      }
    | undefined;

  constructor(private readonly place: CertificatePlace) {}

  async take(): Promise<CertificateInventory> {
    const stamp = await stampOf(this.place.dir);
    const shared = await this.#readShared();
    const known = this.#known;
    if (
      known?.stamp === stamp &&
      known.shared.revocations === shared.revocations &&
      known.shared.issued === shared.issued
    )
      return known.inventory;
    const inventory = this.#take(shared);
    this.#known = { stamp, shared, inventory };
    inventory.catch(() => {
      this.#known = undefined;
    });
    return inventory;
  }

  async #readShared(): Promise<Shared> {
    const { shared } = this.place;
    if (shared === undefined) return nothing;
    const [revocations, issued] = await Promise.all([shared.revocations.all(), shared.issuance.all()]);
    return { revocations, issued };
  }

  async #take(shared: Shared): Promise<CertificateInventory> {
    const { dir } = this.place;
    const [issued, names, own] = await Promise.all([
      allIssued(this.place, shared.issued),
      deviceFileNames(dir),
      listOwnCertificates(dir),
    ]);
    const revokedAt = new Map((await allRevocations(this.place)).map((one) => [one.serial, one.revokedAt]));
    const found = new Map<string, KnownCertificate>();
    const add = (one: Omit<KnownCertificate, 'revokedAt'>) =>
      found.set(one.serial, { ...one, revokedAt: revokedAt.get(one.serial) ?? null });

    const files = new Set(names);
    const newest = new Map(issued.filter(isDevice).map((one) => [one.commonName, one.serial]));
    for (const one of issued.filter(isDevice)) {
      const { commonName: deviceId, serial, notBefore, notAfter, issuedAt } = one;
      const isHere = one.hasPem === true || files.has(`${deviceId}.crt`);
      const hasFile = newest.get(deviceId) === serial && isHere;
      add({ deviceId, serial, notBefore, notAfter, issuedAt, hasFile, isOld: false });
    }
    for (const name of names) {
      if (newest.has(name.slice(0, -'.crt'.length))) continue;
      const certificate = this.#unlogged.get(name) ?? (await readDeviceFile(dir, name));
      if (certificate === undefined) continue;
      this.#unlogged.set(name, certificate);
      const { commonName: deviceId, serial, notBefore, notAfter, statesPurpose } = certificate;
      const issuedAt = notBefore > beginning ? notBefore : null;
      add({ deviceId, serial, notBefore, notAfter, issuedAt, hasFile: true, isOld: !statesPurpose });
    }
    const [ca] = own
      .filter(({ path }) => path === join(dir, 'ca.crt'))
      .sort((a, b) => b.certificate.notAfter.getTime() - a.certificate.notAfter.getTime());
    return {
      ca: ca?.certificate ?? null,
      hasCaKey: await hasCaKey(dir),
      server: own.find(({ path }) => path === join(dir, 'server.crt'))?.certificate ?? null,
      devices: [...found.values()].sort(byDevice),
    };
  }
}

/** Whether the CA's key is in the folder: without the key, nothing can be issued there. */
export function hasCaKey(dir: string): Promise<boolean> {
  return exists(join(dir, 'ca.key'));
}

function isDevice({ role }: KnownIssue): boolean {
  return role === 'device';
}

function byDevice(a: KnownCertificate, b: KnownCertificate): number {
  if (a.deviceId !== b.deviceId) return a.deviceId < b.deviceId ? -1 : 1;
  const isLater = b.notAfter.getTime() - a.notAfter.getTime();
  return isLater || Number(b.hasFile) - Number(a.hasFile) || (a.serial < b.serial ? -1 : 1);
}

async function stampOf(dir: string): Promise<string> {
  const stamps = await Promise.all(
    watched.map(async (name) => {
      try {
        const { mtimeMs, size, ino } = await stat(join(dir, name));
        return `${mtimeMs} ${size} ${ino}`;
      } catch (error) {
        return systemErrorCode(error) ?? 'unreadable';
      }
    }),
  );
  return stamps.join('\n');
}
