import type { Finding } from '../core/inspection';
import type { Circumstance } from '../core/reasons/why';
import { displaySafe } from '../x509/name';
import type { ParsedCertificate } from './certificate';

/** Why a chain is not to be trusted. */
export function refusal(code: string, message: Circumstance): Finding {
  return { code, message };
}

/** The longest common name (X.520, ub-common-name); longer ones are cut. */
const maxNameLength = 64;

/** A certificate in readable form, safe to show. */
export function nameOf({ commonNames, x509 }: Pick<ParsedCertificate, 'commonNames' | 'x509'>): string {
  const characters = Array.from(commonNames[0] ?? x509.serialNumber);
  const name = displaySafe(characters.slice(0, maxNameLength).join(''));
  return `"${name}${characters.length > maxNameLength ? '…' : ''}"`;
}
