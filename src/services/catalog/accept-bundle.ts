import { circumstance } from '../../core/circumstances/catalogue';
import { DomainError } from '../../core/errors';
import type { Finding, Inspection } from '../../core/inspection';
import type { Why } from '../../core/reasons/why';

/**
 * Refuses a bundle that must not be stored.
 * @param allowUntrusted whether the operator accepts bundles from signers outside the keyring
 * @throws DomainError `bundle-broken`, `bundle-untrusted`
 */
export function acceptBundle(name: string, inspection: Inspection, allowUntrusted: boolean): void {
  const { verdict, reasons } = inspection;
  if (verdict === 'broken') {
    throw DomainError.of(
      'bundle-broken',
      { name, findings: reasons.map(({ message }) => message) },
      { details: { findings: reasons } },
    );
  }
  if (verdict === 'untrusted' && !allowUntrusted) {
    throw DomainError.of(
      'bundle-not-trusted',
      { name, findings: reasons.map(({ message }) => message) },
      { details: { findings: reasons } },
    );
  }
}

/** Why a verdict is not better: the first reason, which decided it. */
export function whyOf([reason]: readonly Finding[]): Why {
  return reason?.message ?? circumstance('no-finding');
}
