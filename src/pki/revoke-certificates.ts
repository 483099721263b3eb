import type { Revocation } from '../core/certificate';
import { DomainError } from '../core/errors';
import { normalizeSerial } from './certificate-fields';
import type { FolderContext } from './folder-context';
import { withFolderLock } from './folder-lock';
import { readIssued } from './issuance-log';
import { findDeviceCertificates, listCertificates } from './list-certificates';
import { readRevocations, writeRevocations } from './revocation-list';

/** What can be revoked: a certificate known from the log or from its file. */
interface KnownCertificate {
  readonly serial: string;
  readonly commonName: string;
}

export interface RevokeRequest {
  /** A device id, or a serial. */
  readonly which: string;
  /** It is a serial, although a device may have it as its id. */
  readonly isSerial?: boolean;
  readonly reason?: string;
}

const reasonMaxLength = 200;

/**
 * Revokes all certificates ever made for a device id, or the one with a serial. What is revoked already stays as it is.
 * @returns the revocations of all that were meant, old and new
 * @throws DomainError `not-found`, `invalid-input` for the server's or the CA's own certificate
 */
export async function revokeCertificates(
  { dir, now }: FolderContext,
  request: RevokeRequest,
): Promise<Revocation[]> {
  const reason = checkReason(request.reason ?? 'unspecified');
  const meant = await findMeant(dir, request);
  return await withFolderLock(dir, async () => {
    const revocations = await readRevocations(dir);
    const known = new Set(revocations.map(({ serial }) => serial));
    const added = meant
      .filter(({ serial }) => !known.has(serial))
      .map(({ serial, commonName }) => ({ serial, commonName, revokedAt: now(), reason }));
    const all = [...revocations, ...added];
    if (added.length > 0) await writeRevocations(dir, all);
    const serials = new Set(meant.map(({ serial }) => serial));
    return all.filter(({ serial }) => serials.has(serial));
  });
}

async function findMeant(
  dir: string,
  { which, isSerial = false }: RevokeRequest,
): Promise<KnownCertificate[]> {
  const { issued } = await readIssued(dir);
  const devices = uniqueBySerial([
    ...issued.filter(({ role }) => role === 'device'),
    ...(await findDeviceCertificates(dir, which)),
  ]);
  const byId = isSerial ? [] : devices.filter(({ commonName }) => commonName === which);
  if (byId.length > 0) return byId;
  const bySerial = devices.filter(({ serial }) => serial === normalizeSerial(which));
  if (bySerial.length > 0) return bySerial;
  await refuseOwn(dir, which);
  throw new DomainError('not-found', `no certificate was made for ${JSON.stringify(which.slice(0, 80))}`, {
    remedy: 'Give a device id or a serial; see: cert list.',
  });
}

async function refuseOwn(dir: string, which: string): Promise<void> {
  const { issued } = await readIssued(dir);
  const own = [
    ...issued.filter(({ role }) => role !== 'device'),
    ...(await listCertificates(dir))
      .map(({ certificate }) => certificate)
      .filter(({ role }) => role !== 'device'),
  ];
  if (!['ca', 'server'].includes(which) && !own.some(({ serial }) => serial === normalizeSerial(which)))
    return;
  throw new DomainError('invalid-input', 'only certificates of devices can be revoked', {
    remedy: 'Replace the server certificate with: cert server --force; the CA with: cert ca --force.',
  });
}

function uniqueBySerial(certificates: readonly KnownCertificate[]): KnownCertificate[] {
  return [
    ...new Map(certificates.map(({ serial, commonName }) => [serial, { serial, commonName }])).values(),
  ];
}

function checkReason(reason: string): string {
  if (reason.length > reasonMaxLength || /[\p{C}\p{Zl}\p{Zp}]/u.test(reason)) {
    throw new DomainError('invalid-input', 'the reason is too long or has control characters in it', {
      remedy: `Use at most ${reasonMaxLength} printable characters.`,
    });
  }
  return reason;
}
