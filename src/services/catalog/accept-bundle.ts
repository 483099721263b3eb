import { circumstance } from '../../core/circumstances/catalogue';
import { sayWhy } from '../../core/circumstances/sentences';
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
    throw DomainError.of(
      'bundle-broken',
      { name, findings: reasons.map(({ message }) => message) },
      { details: { reasons } },
    );
  }
  if (verdict === 'untrusted' && !allowUntrusted) {
    throw DomainError.of(
      'bundle-not-trusted',
      { name, findings: reasons.map(({ message }) => message) },
      { details: { reasons } },
    );
  }
}

export function sentenceOf(reasons: readonly Finding[]): string {
  return reasons.map(({ message }) => message).join('; ') || sayWhy(circumstance('no-finding'));
}
