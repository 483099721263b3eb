import { sql } from 'kysely';
import type { SharedBundles } from '../bundles-elsewhere';
import type { Database } from './database';
import { bytesLock } from './locks';
import { query } from './queries';
import { bundlesOf } from './read-condition';
import type { Transaction } from './writer';

/** Waits for a server that removes these bytes; from then on, none does before the transaction ends. */
export async function awaitRemoval(transaction: Transaction, sha256: string): Promise<void> {
  await transaction.all(sql`SELECT pg_advisory_xact_lock_shared(${numbersOf(sha256)})`.compile(query));
}

/** The bundles of all servers on a database. */
export function createSharedBundles(database: Database): SharedBundles {
  return {
    list: () => bundlesOf(database),

    unlessNamed(sha256, remove) {
      const lock = sql`SELECT pg_advisory_xact_lock(${numbersOf(sha256)})`.compile(query);
      return database.whileLocked(lock, async (reader) => {
        const named = query.selectFrom('bundles').select('name').where('sha256', '=', sha256);
        if ((await reader.all(named.where('deleted_at', 'is', null).limit(1))).length > 0) return false;
        await remove();
        return true;
      });
    },
  };
}

/** Of the lock. Two hashes may share it. */
function numbersOf(sha256: string) {
  return sql`${bytesLock}::int, hashtext(${sha256})`;
}
