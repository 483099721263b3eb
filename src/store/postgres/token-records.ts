import type { TokenRecords } from '../../ports/access';
import { toToken, toTokenRow } from '../rows/token-rows';
import type { Database } from './database';
import type { PostgresJournal } from './journal-records';
import { query } from './queries';

/** Admin tokens in the database, by name and by the hash of their secret. */
export function createTokenRecords(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
): TokenRecords {
  return {
    add(token, secretHash, events) {
      return database.transact(async (transaction) => {
        const added = await transaction.all(
          query
            .insertInto('tokens')
            .values(toTokenRow(token, secretHash))
            .onConflict((conflict) => conflict.column('name').doNothing())
            .returning('name'),
        );
        if (added.length === 1) await journal.append(transaction, events);
        return added.length === 1;
      });
    },

    async all() {
      return (await database.all(query.selectFrom('tokens').selectAll().orderBy('name'))).map(toToken);
    },

    revoke(name, at, by, events) {
      const revocation = { revoked_at: at.toISOString(), revoked_by: by };
      return database.transact(async (transaction) => {
        const revoked = await transaction.all(
          query
            .updateTable('tokens')
            .set(revocation)
            .where('name', '=', name)
            .where('revoked_at', 'is', null)
            .returning('name'),
        );
        if (revoked.length === 1) await journal.append(transaction, events);
        const select = query.selectFrom('tokens').selectAll().where('name', '=', name);
        return (await transaction.all(select)).map(toToken)[0];
      });
    },

    async findByHash(secretHash) {
      const select = query.selectFrom('tokens').selectAll().where('secret_hash', '=', secretHash);
      return (await database.all(select)).map(toToken)[0];
    },
  };
}
