import type { SessionRecords } from '../../ports/access';
import { toToken } from '../rows/token-rows';
import type { Database } from './database';
import type { PostgresJournal } from './journal-records';
import { query } from './queries';

/** Browsers that signed in with a token, by the hash of their session id. */
export function createSessionRecords(
  database: Database,
  journal: Pick<PostgresJournal, 'append'>,
): SessionRecords {
  return {
    add({ idHash, tokenName, createdAt, expiresAt, endsAgeMs }, { ageMs, maxOfToken }, events) {
      return database.transact(async (transaction) => {
        await transaction.all(query.deleteFrom('sessions').where('ends_age_ms', '<=', Math.floor(ageMs)));
        await transaction.all(
          query.insertInto('sessions').values({
            id_hash: idHash,
            token: tokenName,
            created_at: createdAt.toISOString(),
            expires_at: expiresAt.toISOString(),
            ends_age_ms: Math.round(endsAgeMs),
          }),
        );
        const surplus = query
          .selectFrom('sessions')
          .select('id_hash')
          .where('token', '=', tokenName)
          .where('id_hash', '!=', idHash) // whatever the clock says, this one stays
          .orderBy('ends_age_ms', (order) => order.desc().nullsLast())
          .offset(maxOfToken - 1);
        await transaction.all(query.deleteFrom('sessions').where('id_hash', 'in', surplus));
        await journal.append(transaction, events);
      });
    },

    async find(idHash) {
      const [row] = await database.all(
        query
          .selectFrom('sessions')
          .innerJoin('tokens', 'tokens.name', 'sessions.token')
          .selectAll('tokens')
          .select(['sessions.expires_at', 'sessions.ends_age_ms'])
          .where('sessions.id_hash', '=', idHash),
      );
      return row && { token: toToken(row), expiresAt: new Date(row.expires_at), endsAgeMs: row.ends_age_ms };
    },

    remove(idHash, events) {
      return database.transact(async (transaction) => {
        const removed = await transaction.all(
          query.deleteFrom('sessions').where('id_hash', '=', idHash).returning('id_hash'),
        );
        if (removed.length === 1) await journal.append(transaction, events);
      });
    },
  };
}
