import type { Finding } from '../core/inspection';
import { displaySafe } from '../x509/name';
import type { ParsedCertificate } from './certificate';

/** Why a chain is not to be trusted. */
export function refusal(code: string, message: string): Finding {
  return { code, message };
}

/** A certificate in readable form, safe to show. */
export function nameOf(certificate: Pick<ParsedCertificate, 'commonNames' | 'x509'>): string {
  return `"${displaySafe(certificate.commonNames[0] ?? certificate.x509.serialNumber)}"`;
}
