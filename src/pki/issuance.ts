import type { CertificateSummary, IssuedCertificate } from '../core/certificate';
import { findUnstorable } from '../core/stored-text';
import type { NumberedIssue, SharedIssuance } from '../ports/issuance';
import type { CertificatePlace } from './folder-context';
import { withFolderLock } from './folder-lock';
import { logIssued, readIssued, readLastIssuedAt } from './issuance-log';

/** A certificate that is about to be handed out. */
export interface Issue {
  readonly role: IssuedCertificate['role'];
  readonly certificate: CertificateSummary;
  /** With what is sent along. */
  readonly certificatePem: string;
  readonly at: Date;
  /** A CA may have been made elsewhere. */
  readonly origin?: 'made' | 'imported';
  /** A device's key, sealed, for the database. */
  readonly sealedKey?: string | null;
  /** Whether to record nothing if servers that share a database have recorded another one of its role (or device) already. */
  readonly onlyIfFirst?: boolean;
}

/**
 * Records a certificate durably before anyone gets it, so that `revoke` finds every certificate that exists: in the database if servers
 * share one, else in the folder, whose lock the caller must hold.
 * @returns whether it was recorded
 * @throws DomainError `storage-full`, `configuration`, `unavailable`
 */
export async function recordIssued(
  { dir, shared }: CertificatePlace,
  { role, certificate, certificatePem, at, origin, sealedKey = null, onlyIfFirst = false }: Issue,
): Promise<boolean> {
  const { serial, commonName, notBefore, notAfter, fingerprint } = certificate;
  const issued = { serial, commonName, role, notBefore, notAfter, issuedAt: at, fingerprint };
  if (shared !== undefined) {
    return shared.issuance.record({ ...issued, certificatePem, sealedKey }, onlyIfFirst);
  }
  await logIssued(dir, [issued], origin);
  return true;
}

/** A certificate of the log or of the database. */
export type KnownIssue = IssuedCertificate & Partial<Pick<NumberedIssue, 'hasPem'>>;

/**
 * Every certificate that was issued here. Of one device, the latest comes last: those that are known only from a log before those in the
 * database.
 * @param recorded those in the database, if they were read already
 * @throws DomainError `configuration` when the log cannot be read, `unavailable`
 */
export async function allIssued(
  { dir, shared }: CertificatePlace,
  recorded?: readonly NumberedIssue[],
): Promise<readonly KnownIssue[]> {
  const { issued } = await readIssued(dir);
  if (shared === undefined) return issued;
  const all = recorded ?? (await shared.issuance.all());
  const known = new Set(all.map(({ fingerprint }) => fingerprint));
  const logged = [
    ...issued.filter(({ fingerprint }) => !known.has(fingerprint)),
    ...all.filter(({ hasPem }) => !hasPem),
  ];
  return [
    ...logged.sort((a, b) => a.issuedAt.getTime() - b.issuedAt.getTime()),
    ...all.filter(({ hasPem }) => hasPem),
  ];
}

/** When something was last issued here; `undefined` when nothing was. @throws DomainError as {@link allIssued} */
export async function lastIssuedAt({ dir, shared }: CertificatePlace): Promise<Date | undefined> {
  const times = [await readLastIssuedAt(dir), await shared?.issuance.lastIssuedAt()];
  return times
    .filter((time) => time !== undefined)
    .sort((a, b) => a.getTime() - b.getTime())
    .at(-1);
}

/** Takes the log of a folder into the database, where all servers see it. @throws DomainError */
export async function shareIssued(dir: string, issuance: Pick<SharedIssuance, 'takeOver'>): Promise<void> {
  const { issued } = await readIssued(dir);
  await issuance.takeOver(issued.filter((one) => findUnstorable(one).length === 0));
}

/** Adds certificates to the log of a folder, except those that are in it. @throws DomainError `storage-full`, `configuration` */
export async function inheritIssued(dir: string, inherited: readonly IssuedCertificate[]): Promise<void> {
  const lacking = async () => {
    const known = new Set((await readIssued(dir)).issued.map(({ fingerprint }) => fingerprint));
    return inherited.filter(({ fingerprint }) => !known.has(fingerprint));
  };
  if ((await lacking()).length === 0) return;
  await withFolderLock(dir, async () => logIssued(dir, await lacking()));
}
