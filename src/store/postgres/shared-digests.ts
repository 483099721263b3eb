import { sql } from 'kysely';
import type { SharedDigests } from '../bundles-elsewhere';
import type { Database } from './database';
import { query } from './queries';

/** The digests that all servers on a database read; those of deleted bundles and refused uploads are removed after a day. */
export function createSharedDigests(database: Database): SharedDigests {
  return {
    async find(sha256) {
      const select = sql<{
        readonly digests: Buffer;
      }>`SELECT digests FROM bundle_digests WHERE sha256 = ${sha256}`;
      return (await database.all(select.compile(query)))[0]?.digests;
    },

    save: (sha256, digests) =>
      database.transact(async (transaction) => {
        const insert = sql`INSERT INTO bundle_digests (sha256, digests) VALUES (${sha256}, ${digests})
          ON CONFLICT (sha256) DO NOTHING`;
        await transaction.all(insert.compile(query));
        const remove = sql`DELETE FROM bundle_digests WHERE saved_at < now() - interval '1 day'
          AND sha256 NOT IN (SELECT sha256 FROM bundles WHERE deleted_at IS NULL)`;
        await transaction.all(remove.compile(query));
      }),
  };
}
