import type {
  CertificateDue,
  CertificateSort,
  CertificateSummary,
  FolderFinding,
  IssuedFiles,
  IssueOptions,
  KnownCertificate,
} from '../../core/certificate';
import { DomainError } from '../../core/errors';
import type { Actor, NewEvent } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import type { CertificateFolder, ReadKitText } from '../../ports/certificates';
import type { JournalRecords } from '../../ports/journal';
import type { Log } from '../../ports/log';
import { createCertificateOrder } from './certificate-order';
import { dueCertificates } from './due-certificates';
import { createMakeDeviceKit, type KitRequest, type MadeKit } from './make-device-kit';
import type { Clock } from '../../ports/clock';

export interface CertificateQuery {
  /** Part of the device id or the serial; not case-sensitive. */
  readonly search?: string;
  /** Only those that need a replacement for this reason. */
  readonly due?: CertificateDue;
  readonly sort: CertificateSort;
  readonly isDescending: boolean;
  readonly limit: number;
  /** Serial of the last entry on the page before. */
  readonly after?: string;
}

export interface CertificatePage {
  readonly ca: CertificateSummary | null;
  readonly hasCaKey: boolean;
  readonly server: CertificateSummary | null;
  /** In the requested order; those of one device newest first. */
  readonly devices: readonly KnownCertificate[];
  /** How many match in total. */
  readonly total: number;
  /** Cursor of the next page; `null` on the last one. */
  readonly next: string | null;
}

export interface DeviceCertificateRequest extends IssueOptions {
  readonly id: string;
  readonly csrPem?: string | Uint8Array;
  readonly compatibles?: readonly string[];
}

/** The certificates, as administrators manage them on a running server. Each change has a line in the journal. */
export interface ManageCertificates {
  /** @throws DomainError `invalid-input` if the cursor belongs to another list */
  list(query: CertificateQuery): Promise<CertificatePage>;
  /** Checks the whole folder, as `cert verify` does. It reads every file, so requests during a check share its result. */
  verify(): Promise<readonly FolderFinding[]>;
  /** The CAs with which devices verify the server, in PEM. @throws DomainError `not-found` if there is none, `configuration` */
  readCa(): Promise<string>;
  /**
   * Issues a device's certificate into the folder.
   * @throws DomainError `invalid-input`, `certificate-refused` (the request), `conflict` if there is one already or the CA's key is not
   * here, `configuration`, `storage-full`
   */
  issue(
    request: DeviceCertificateRequest,
    actor: Actor,
  ): Promise<{ readonly certificate: CertificateSummary; readonly certificatePem: string }>;
  /** Makes a device's kit, like {@link createMakeDeviceKit}. @throws DomainError like that and `issue` */
  makeKit(request: KitRequest, actor: Actor): Promise<MadeKit>;
}

export interface ManageCertificatesPorts {
  readonly certificates: CertificateFolder;
  /** Devices that used a certificate without a stated purpose. */
  readonly oldCertificates: () => readonly string[];
  readonly readKitText: ReadKitText;
  readonly journal: Pick<JournalRecords, 'record'>;
  readonly log: Pick<Log, 'error'>;
  readonly now: Clock;
}

export function createManageCertificates(ports: ManageCertificatesPorts): ManageCertificates {
  const { certificates, readKitText, log, now } = ports;

  /** The change is already made, whether or not its line can be written. */
  async function tell(event: Omit<NewEvent, 'at'>): Promise<void> {
    try {
      await ports.journal.record([{ ...event, at: now() }]);
    } catch (error) {
      log.error({ err: error }, 'the journal took no line');
    }
  }

  async function createDevice(request: DeviceCertificateRequest, actor: Actor): Promise<IssuedFiles> {
    if (!(await certificates.hasCaKey())) throw noCaKey();
    const files = await certificates.createDevice(request);
    const { commonName: deviceId, serial, notAfter } = files.certificate;
    await tell({
      kind: 'certificate.issued',
      actor,
      reason: saying('certificate-issued', { device: deviceId }),
      subject: { deviceId },
      after: { serial, not_after: notAfter.toISOString() },
    });
    return files;
  }

  let verifying: Promise<readonly FolderFinding[]> | undefined;
  const orderOf = createCertificateOrder();
  return {
    async list({ search = '', due, sort, isDescending, limit, after }) {
      const { devices, ...own } = await certificates.inventory();
      const wanted = search.toLowerCase();
      const ordered = orderOf(devices, sort, isDescending);
      const facts = { at: now(), certificates: devices, oldCertificates: ports.oldCertificates() };
      const meant = due === undefined ? null : dueCertificates(due, facts);
      const found = ordered.filter(
        (one) =>
          (one.deviceId.toLowerCase().includes(wanted) || one.serial.includes(wanted)) &&
          (meant === null || meant.has(one)),
      );
      const start = after === undefined ? 0 : found.findIndex(({ serial }) => serial === after) + 1;
      if (after !== undefined && start === 0) throw noPage();
      const page = found.slice(start, start + limit);
      const hasMore = start + limit < found.length;
      return {
        ...own,
        devices: page,
        total: found.length,
        next: hasMore ? (page.at(-1)?.serial ?? null) : null,
      };
    },

    verify() {
      verifying ??= certificates.verify().finally(() => (verifying = undefined));
      return verifying;
    },

    async readCa() {
      const pem = await certificates.readCa();
      if (pem === null) throw noCa();
      return pem;
    },

    async issue(request, actor) {
      const { certificate } = await createDevice(request, actor);
      const files = await certificates.readDevice(certificate.commonName);
      if (files === null) throw new Error(`the certificate of ${request.id} was issued and is not there`);
      return { certificate, certificatePem: files.certificatePem };
    },

    async makeKit(request, actor) {
      const make = createMakeDeviceKit({
        certificates: {
          findServerTrust: (host) => certificates.findServerTrust(host),
          readDevice: (id) => certificates.readDevice(id),
          createDevice: (wanted) => createDevice(wanted, actor),
        },
        readText: readKitText,
        now,
      });
      const kit = await make(request);
      await tell({
        kind: 'device.kit-made',
        actor,
        reason: saying('device-kit-made', { device: request.id, hasKey: kit.hasKey }),
        subject: { deviceId: request.id },
      });
      return kit;
    },
  };
}

function noCa(): DomainError {
  return DomainError.of('no-ca');
}

function noCaKey(): DomainError {
  return DomainError.of('ca-key-elsewhere');
}

function noPage(): DomainError {
  return DomainError.of('list-changed');
}
