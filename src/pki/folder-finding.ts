import { systemErrorCode } from '../base/files/system-error';
import type { FolderFinding } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import { DomainError } from '../core/errors';
import type { Why } from '../core/reasons/why';
import { whatFailed } from '../core/what-failed';
import type { CertificateFields } from './certificate-fields';
import type { Refusal } from './prove-certificates';
import { beginning } from './validity';

const soonMs = 30 * 86_400_000;

/** What a proof found. It has the given severity if the certificate does not work at all. */
export function proved(
  path: string,
  what: Why,
  refusal: Refusal | null,
  severity: FolderFinding['severity'],
): FolderFinding[] {
  if (refusal === null) return [];
  const { why, isStrictOnly } = refusal;
  const remedy = circumstance('remedy-of-refused-certificate', { why });
  if (isStrictOnly) return [warning(path, circumstance('refused-by-strict-clients', { what, why }), remedy)];
  return [{ severity, path, message: circumstance('certificate-refused', { what, why }), remedy }];
}

/** @param severity the severity for an expired certificate */
export function expiry(
  path: string,
  { notBefore, notAfter }: CertificateFields,
  at: Date,
  severity: FolderFinding['severity'],
): FolderFinding[] {
  const remedy = circumstance('renew-in-time');
  const until = { at: notAfter.toISOString() };
  if (notBefore > at) {
    const message = circumstance('certificate-not-yet-valid', { at: notBefore.toISOString() });
    return [{ severity, path, message, remedy: circumstance('check-own-clock') }];
  }
  if (notAfter <= at)
    return [{ severity, path, message: circumstance('certificate-expired', until), remedy }];
  const isSoon = notAfter.getTime() - at.getTime() < soonMs;
  return isSoon ? [warning(path, circumstance('certificate-expires', until), remedy)] : [];
}

/** Collects findings. If a check cannot continue, that is a finding, too. */
export async function collect(path: string, work: () => Promise<FolderFinding[]>): Promise<FolderFinding[]> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof DomainError)
      return [{ severity: 'error', path, ...whatFailed(cause, circumstance('restore-from-backup')) }];
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    return [error(path, circumstance('file-unreadable', { code }), circumstance('check-owner-and-mode'))];
  }
}

/**
 * From when on, by their own clock, boards accept a server-side certificate, if that is later than 1970.
 * @param chain the certificate and those sent with it
 */
export function acceptedFrom(
  path: string,
  chain: readonly Pick<CertificateFields, 'notBefore'>[],
  remedy: Why,
): FolderFinding[] {
  const since = new Date(Math.max(...chain.map(({ notBefore }) => notBefore.getTime())));
  if (since <= beginning) return [];
  const message = circumstance('certificate-accepted-from', { at: since.toISOString() });
  return [{ severity: 'note', path, message, remedy }];
}

export const error = (path: string, message: Why, remedy: Why): FolderFinding => ({
  severity: 'error',
  path,
  message,
  remedy,
});

export const warning = (path: string, message: Why, remedy: Why): FolderFinding => ({
  severity: 'warning',
  path,
  message,
  remedy,
});

export const stray = (path: string): FolderFinding =>
  warning(path, circumstance('file-misplaced'), circumstance('move-stray-away'));
