import type { IssuedCertificate } from '../../core/certificate';
import type { IssuedRecord } from '../../ports/issuance';

/** The columns of every issued certificate. */
export interface IssuanceRow {
  readonly fingerprint: string;
  readonly serial: string;
  readonly common_name: string;
  readonly role: string;
  readonly not_before: string;
  readonly not_after: string;
  readonly issued_at: string;
}

export const issuanceColumns = [
  'fingerprint',
  'serial',
  'common_name',
  'role',
  'not_before',
  'not_after',
  'issued_at',
] as const;

export function toIssued(row: IssuanceRow): IssuedCertificate {
  return {
    serial: row.serial,
    commonName: row.common_name,
    role: row.role as IssuedCertificate['role'],
    notBefore: new Date(row.not_before),
    notAfter: new Date(row.not_after),
    issuedAt: new Date(row.issued_at),
    fingerprint: row.fingerprint,
  };
}

export function toIssuanceRow(issued: IssuedCertificate): IssuanceRow {
  return {
    fingerprint: issued.fingerprint,
    serial: issued.serial,
    common_name: issued.commonName,
    role: issued.role,
    not_before: issued.notBefore.toISOString(),
    not_after: issued.notAfter.toISOString(),
    issued_at: issued.issuedAt.toISOString(),
  };
}

export function toIssuedRecord(
  row: IssuanceRow & { readonly certificate: string | null; readonly sealed_key: string | null },
): IssuedRecord {
  return { ...toIssued(row), certificatePem: row.certificate, sealedKey: row.sealed_key };
}
