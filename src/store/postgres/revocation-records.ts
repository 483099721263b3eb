import { sql } from 'kysely';
import type { Revocation } from '../../core/certificate';
import type { NumberedRevocation, RevocationRecords, SharedRevocations } from '../../ports/revocations';
import { toRevocation, toRevocationRow } from '../rows/revocation-rows';
import { ChangeWatch, type ChangeWatchOptions } from './change-watch';
import type { Database, Reader } from './database';
import { query } from './queries';

const channel = 'revocations';

/** Revocations in the database. Their numbers follow the order of commits, because only one change runs at a time. */
export function createRevocationRecords(database: Database, watching: ChangeWatchOptions): RevocationRecords {
  return {
    // Without them, no device is admitted after a minute.
    after: (id) => database.readTogether((reader) => readAfter(reader, id), { isUrgent: true }),
    add: (revocations) => add(database, revocations),
    watch: (look) => new ChangeWatch(channel, look, watching),
  };
}

/** @param using opens the database for one use */
export function createSharedRevocations(
  using: <Result>(work: (database: Database) => Promise<Result>) => Promise<Result>,
): SharedRevocations {
  return {
    all: () => using((database) => readAfter(database, 0)),
    add: (revocations) => using((database) => add(database, revocations)),
  };
}

async function readAfter(reader: Reader, id: number): Promise<readonly NumberedRevocation[]> {
  const select = query.selectFrom('revocations').selectAll().where('id', '>', id).orderBy('id');
  return (await reader.all(select)).map(toRevocation);
}

async function add(database: Database, revocations: readonly Revocation[]): Promise<void> {
  if (revocations.length === 0) return;
  await database.transact(async (transaction) => {
    for (const revocation of revocations)
      await transaction.all(
        query
          .insertInto('revocations')
          .values(toRevocationRow(revocation))
          .onConflict((conflict) => conflict.column('serial').doNothing()),
      );
    await transaction.all(sql`SELECT pg_notify(${channel}, '')`.compile(query));
  });
}
