import { systemErrorCode } from '../base/files/system-error';
import type { FolderFinding } from '../core/certificate';
import { sayWhy } from '../core/circumstances/sentences';
import { DomainError } from '../core/errors';
import { remedyOfCertificate } from '../core/reasons/refused-certificate';
import type { CertificateFields } from './certificate-fields';
import type { Refusal } from './prove-certificates';
import { beginning } from './validity';

const soonMs = 30 * 86_400_000;

/** What a proof found; `severity` where the certificate does not work at all. */
export function proved(
  path: string,
  what: string,
  refusal: Refusal | null,
  severity: FolderFinding['severity'],
): FolderFinding[] {
  if (refusal === null) return [];
  const { why, isStrictOnly } = refusal;
  const [reason, remedy] = [sayWhy(why), remedyOfCertificate(why)];
  if (isStrictOnly) return [warning(path, `strict clients refuse ${what}: ${reason}`, remedy)];
  return [{ severity, path, message: `${what} is refused: ${reason}`, remedy }];
}

/** @param severity of one that has expired */
export function expiry(
  path: string,
  { notBefore, notAfter }: CertificateFields,
  at: Date,
  severity: FolderFinding['severity'],
): FolderFinding[] {
  const remedy = 'Create a new one in time, with --force, and copy it to where it is used.';
  const until = notAfter.toISOString();
  if (notBefore > at) {
    const message = `it is not valid before ${notBefore.toISOString()}`;
    return [{ severity, path, message, remedy: 'Check the clock of this machine.' }];
  }
  if (notAfter <= at) return [{ severity, path, message: `it expired on ${until}`, remedy }];
  return notAfter.getTime() - at.getTime() < soonMs ? [warning(path, `it expires on ${until}`, remedy)] : [];
}

/** When a check cannot continue, that is a finding too. */
export async function collect(path: string, work: () => Promise<FolderFinding[]>): Promise<FolderFinding[]> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DomainError)
      return [error(path, cause.message, cause.remedy ?? 'Restore it from a backup.')];
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    return [error(path, `it cannot be read (${code})`, 'Check its owner and mode.')];
  }
}

/**
 * Since when, by their own clock, boards accept a server-side certificate, where that is later than 1970.
 * @param chain the certificate and those sent with it
 */
export function acceptedFrom(
  path: string,
  chain: readonly Pick<CertificateFields, 'notBefore'>[],
  remedy: string,
): FolderFinding[] {
  const since = new Date(Math.max(...chain.map(({ notBefore }) => notBefore.getTime())));
  if (since <= beginning) return [];
  const message = `boards accept it only once their clock is past ${since.toISOString()}; a board without a battery starts in 1970`;
  return [{ severity: 'note', path, message, remedy }];
}

export const error = (path: string, message: string, remedy: string): FolderFinding => ({
  severity: 'error',
  path,
  message,
  remedy,
});

export const warning = (path: string, message: string, remedy: string): FolderFinding => ({
  severity: 'warning',
  path,
  message,
  remedy,
});

export const stray = (path: string): FolderFinding =>
  warning(
    path,
    'this file does not belong here',
    'Move it away: this folder is for files that the server made or uses.',
  );
