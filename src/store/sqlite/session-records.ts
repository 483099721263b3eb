import type { SessionRecords } from '../../ports/access';
import type { Database } from './database';
import type { SqliteJournal } from './journal-records';
import { toToken } from '../rows/token-rows';

/** Browsers that signed in with a token, by the hash of their session id. */
export function createSessionRecords(
  database: Database,
  journal: Pick<SqliteJournal, 'append'>,
): SessionRecords {
  const { query } = database;
  return {
    add({ idHash, tokenName, createdAt, expiresAt, endsAgeMs }, { ageMs, maxOfToken }, events) {
      return database.transact(() => {
        database.all(query.deleteFrom('sessions').where('ends_age_ms', '<=', Math.floor(ageMs)));
        database.all(
          query.insertInto('sessions').values({
            id_hash: idHash,
            token: tokenName,
            created_at: createdAt.toISOString(),
            expires_at: expiresAt.toISOString(),
            ends_age_ms: Math.round(endsAgeMs),
          }),
        );
        const others = query
          .selectFrom('sessions')
          .select('id_hash')
          .where('token', '=', tokenName)
          .where('id_hash', '!=', idHash); // whatever the clock says, this one stays
        const surplus = others
          .orderBy('ends_age_ms', (order) => order.desc().nullsLast())
          .limit(-1)
          .offset(maxOfToken - 1);
        database.all(query.deleteFrom('sessions').where('id_hash', 'in', surplus));
        journal.append(events);
      });
    },

    async find(idHash) {
      const [row] = await database.read(
        query
          .selectFrom('sessions')
          .innerJoin('tokens', 'tokens.name', 'sessions.token')
          .selectAll('tokens')
          .select(['sessions.expires_at', 'sessions.ends_age_ms'])
          .where('sessions.id_hash', '=', idHash),
      );
      return (
        row && {
          token: toToken(row),
          expiresAt: new Date(row.expires_at),
          endsAgeMs: row.ends_age_ms,
        }
      );
    },

    remove(idHash, events) {
      return database.transact(() => {
        const removed = database.all(
          query.deleteFrom('sessions').where('id_hash', '=', idHash).returning('id_hash'),
        );
        if (removed.length === 1) journal.append(events);
      });
    },
  };
}
