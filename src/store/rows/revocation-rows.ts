import type { Revocation } from '../../core/certificate';
import type { NumberedRevocation } from '../../ports/revocations';

export interface RevocationRow {
  readonly id: number;
  readonly serial: string;
  readonly common_name: string;
  readonly revoked_at: string;
  readonly reason: string;
}

export function toRevocation(row: RevocationRow): NumberedRevocation {
  return {
    id: row.id,
    serial: row.serial,
    commonName: row.common_name,
    revokedAt: new Date(row.revoked_at),
    reason: row.reason,
  };
}

export function toRevocationRow({ serial, commonName, revokedAt, reason }: Revocation) {
  return { serial, common_name: commonName, revoked_at: revokedAt.toISOString(), reason };
}
