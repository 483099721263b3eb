import { DomainError } from '../../core/errors';
import type { Finding, Inspection } from '../../core/inspection';

/**
 * Refuses a bundle that must not be stored.
 * @param allowUntrusted the operator takes bundles from signers outside the keyring
 * @throws DomainError `bundle-broken`, `bundle-untrusted`
 */
export function acceptBundle(name: string, inspection: Inspection, allowUntrusted: boolean): void {
  const { verdict, reasons } = inspection;
  if (verdict === 'broken') {
    throw new DomainError('bundle-broken', `${name} is broken: ${sentenceOf(reasons)}`, {
      remedy: 'Build it again and check it with "rauc info" before the upload.',
      details: { reasons },
    });
  }
  if (verdict === 'untrusted' && !allowUntrusted) {
    throw new DomainError('bundle-untrusted', `${name} is not trusted: ${sentenceOf(reasons)}`, {
      remedy: 'Sign it with a certificate of the keyring, or configure the keyring that the devices have.',
      details: { reasons },
    });
  }
}

export function sentenceOf(reasons: readonly Finding[]): string {
  return reasons.map(({ message }) => message).join('; ') || 'no reason is known';
}
