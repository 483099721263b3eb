import type { Insertable, Selectable } from 'kysely';
import type { Token } from '../../core/token';
import type { NewDeviceToken, StoredDeviceToken } from '../../ports/device-tokens';
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

export function toTokenRow(token: Token, secretHash: string): Insertable<TokenTable> {
  return {
    name: token.name,
    scope: token.scope,
    secret_hash: secretHash,
    created_at: token.createdAt.toISOString(),
    created_by: token.createdBy,
  };
}

/** @param known the token that it replaces, which stays valid for the overlap */
export function toDeviceTokenColumns(
  { sealed, createdAt, createdBy, overlapUntil }: NewDeviceToken,
  known: Selectable<DeviceTokenTable> | undefined,
) {
  const previous = known === undefined || overlapUntil === null ? null : known.sealed;
  return {
    sealed,
    created_at: createdAt.toISOString(),
    created_by: createdBy,
    previous,
    previous_until: previous === null ? null : (overlapUntil?.toISOString() ?? null),
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
