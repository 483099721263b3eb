import { sql } from 'kysely';
import type { SharedBundles } from '../bundles-elsewhere';
import type { Database } from './database';
import { bytesLock } from './locks';
import { query } from './queries';
import { bundlesOf } from './read-condition';
import type { Transaction } from './writer';

/** A server is removing the bytes that a change would name. */
class BytesBeingRemoved extends Error {
  constructor(readonly sha256: string) {
    super(`${sha256} is being removed`);
    this.name = 'BytesBeingRemoved';
  }
}

/**
 * From here to the end of the transaction, no server removes these bytes. If one is about to, the change is given up, because all changes
 * of all servers would wait together with it: run it in {@link afterRemovals}.
 */
export async function keepBytes(transaction: Transaction, sha256: string): Promise<void> {
  const lock = sql<{ readonly isHeld: boolean }>`SELECT pg_try_advisory_xact_lock_shared(${numbersOf(sha256)})
    AS "isHeld"`;
  const [row] = await transaction.all(lock.compile(query));
  if (row?.isHeld !== true) throw new BytesBeingRemoved(sha256);
}

/** Runs a change. If bytes that it keeps are being removed, it is run again once they are gone. */
export async function afterRemovals<Result>(
  database: Pick<Database, 'whileLocked'>,
  change: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof BytesBeingRemoved)) throw error;
      const ended = sql`SELECT pg_advisory_xact_lock_shared(${numbersOf(error.sha256)})`.compile(query);
      await database.whileLocked(ended, () => Promise.resolve());
    }
  }
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
