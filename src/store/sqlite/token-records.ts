import type { TokenRecords } from '../../ports/access';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import { toToken, toTokenRow } from '../rows/token-rows';

/** Admin tokens in the database, by name and by the hash of their secret. */
export function createTokenRecords(database: Database, journal: Pick<SqliteJournal, 'append'>): TokenRecords {
  const { query } = database;
  return {
    add(token, secretHash, events) {
      return database.transact(() => {
        const added = database.all(
          query
            .insertInto('tokens')
            .values(toTokenRow(token, secretHash))
            .onConflict((conflict) => conflict.column('name').doNothing())
            .returning('name'),
        );
        if (added.length === 1) journal.append(events);
        return added.length === 1;
      });
    },

    async all() {
      return (await database.read(query.selectFrom('tokens').selectAll().orderBy('name'))).map(toToken);
    },

    revoke(name, at, by, events) {
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

    async findByHash(secretHash) {
      const select = query.selectFrom('tokens').selectAll().where('secret_hash', '=', secretHash);
      return (await database.read(select)).map(toToken)[0];
    },
  };
}
