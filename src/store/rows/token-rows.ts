import type { Selectable } from 'kysely';
import type { Token } from '../../core/token';
import type { StoredDeviceToken } from '../../ports/device-tokens';
import type { DeviceTokenTable, TokenTable } from './schema';

export function toToken(row: Selectable<TokenTable>): Token {
  return {
    name: row.name,
    scope: row.scope,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    revokedAt: row.revoked_at === null ? null : new Date(row.revoked_at),
  };
}

export function toStoredDeviceToken(row: Selectable<DeviceTokenTable>): StoredDeviceToken {
  return {
    sealed: row.sealed,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    previous: row.previous,
    previousUntil: row.previous_until === null ? null : new Date(row.previous_until),
  };
}
