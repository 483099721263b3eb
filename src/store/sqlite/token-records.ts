import type { Selectable } from 'kysely';
import type { NewEvent } from '../../core/event';
import type { Token } from '../../core/token';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import type { TokenTable } from './schema';

export type TokenRecords = ReturnType<typeof createTokenRecords>;

/** Admin tokens in the database, by name and by the hash of their secret. */
export function createTokenRecords(database: Database, journal: Pick<SqliteJournal, 'append'>) {
  const { query } = database;
  return {
    /** @returns false when the name is in use */
    add(token: Token, secretHash: string, events: readonly NewEvent[]): Promise<boolean> {
      return database.transact(() => {
        const added = database.all(
          query
            .insertInto('tokens')
            .values({
              name: token.name,
              scope: token.scope,
              secret_hash: secretHash,
              created_at: token.createdAt.toISOString(),
              created_by: token.createdBy,
            })
            .onConflict((conflict) => conflict.column('name').doNothing())
            .returning('name'),
        );
        if (added.length === 1) journal.append(events);
        return added.length === 1;
      });
    },

    /** By name. */
    all(): readonly Token[] {
      return database.all(query.selectFrom('tokens').selectAll().orderBy('name')).map(toToken);
    },

    /** Revokes a token; one that is revoked keeps its time, and nothing is told. */
    revoke(name: string, at: Date, by: string, events: readonly NewEvent[]): Promise<Token | undefined> {
      const revocation = { revoked_at: at.toISOString(), revoked_by: by };
      return database.transact(() => {
        const revoked = database.all(
          query
            .updateTable('tokens')
            .set(revocation)
            .where('name', '=', name)
            .where('revoked_at', 'is', null)
            .returning('name'),
        );
        if (revoked.length === 1) journal.append(events);
        return database.all(query.selectFrom('tokens').selectAll().where('name', '=', name)).map(toToken)[0];
      });
    },

    findByHash(secretHash: string): Token | undefined {
      return database
        .all(query.selectFrom('tokens').selectAll().where('secret_hash', '=', secretHash))
        .map(toToken)[0];
    },
  };
}

export function toToken(row: Selectable<TokenTable>): Token {
  return {
    name: row.name,
    scope: row.scope,
    createdAt: new Date(row.created_at),
    createdBy: row.created_by,
    revokedAt: row.revoked_at === null ? null : new Date(row.revoked_at),
  };
}
