import type { IssuedCertificate } from '../core/certificate';
import type { SharedRevocations } from './revocations';

/** A certificate that is about to be handed out. */
export interface IssuedRecord extends IssuedCertificate {
  /** With what is sent along. `null` for one that is known only from `issued.jsonl`. */
  readonly certificatePem: string | null;
  /** The device's key, sealed, if a server made it. */
  readonly sealedKey: string | null;
}

/** A recorded certificate. Its number grows with each that is recorded. */
export interface NumberedIssue extends IssuedCertificate {
  readonly id: number;
  /** Whether the certificate itself is in the database, too. */
  readonly hasPem: boolean;
}

/** What can be asked and told of the certificates that were issued. */
interface Issuance {
  /**
   * Records a certificate, durably. `INSERT INTO issued_certificates …`
   * @param onlyIfFirst whether to record nothing if there is another one of its role, for a device: of its device
   * @returns whether it was recorded
   * @throws DomainError `storage-full`, `unavailable`
   */
  record(issued: IssuedRecord, onlyIfFirst: boolean): Promise<boolean>;
  /** Takes certificates over that were recorded elsewhere, except those that are known. @throws DomainError as `record` */
  takeOver(issued: readonly IssuedCertificate[]): Promise<void>;
  /** The certificate that a device got last. One that is known only from `issued.jsonl` counts as older than all others. */
  latestOf(deviceId: string): Promise<IssuedRecord | undefined>;
  /** Fingerprints of the CAs. */
  authorities(): Promise<ReadonlySet<string>>;
  /** When the last one was issued, by the clock of whoever issued it. */
  lastIssuedAt(): Promise<Date | undefined>;
}

/** Issued certificates in a database that several servers share. A server without such a database logs them in `certs/`. */
export interface IssuanceRecords extends Issuance {
  /** Those with a higher number, in order. `SELECT … FROM issued_certificates WHERE id > $1 ORDER BY id` */
  after(id: number): Promise<readonly NumberedIssue[]>;
}

/** The certificates that servers have issued, as commands and the certificates folder see them. */
export interface SharedIssuance extends Issuance {
  /** All of them. Returns the same array as before if none was added. @throws DomainError `unavailable` */
  all(): Promise<readonly NumberedIssue[]>;
}

/** What several servers know of certificates together, instead of each in its folder. */
export interface SharedCertificates {
  readonly revocations: SharedRevocations;
  readonly issuance: SharedIssuance;
}
