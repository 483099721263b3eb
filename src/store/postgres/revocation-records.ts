import { sql } from 'kysely';
import type { Revocation } from '../../core/certificate';
import type { NumberedRevocation, RevocationRecords, SharedRevocations } from '../../ports/revocations';
import { ChangeWatch, type ChangeWatchOptions } from './change-watch';
import type { Database, Reader } from './database';
import { query } from './queries';

const channel = 'revocations';

interface Row {
  readonly id: number;
  readonly serial: string;
  readonly common_name: string;
  readonly revoked_at: string;
  readonly reason: string;
}

/** Revocations in the database. Their numbers follow the order of commits, because one changes the database at a time. */
export function createRevocationRecords(database: Database, watching: ChangeWatchOptions): RevocationRecords {
  return {
    after: (id) => readAfter(database, id),
    add: (revocations) => add(database, revocations),
    watch: (look) => new ChangeWatch(channel, look, watching),
  };
}

/** @param open opens the database for one use */
export function createSharedRevocations(open: () => Promise<Database>): SharedRevocations {
  const using = async <Result>(work: (database: Database) => Promise<Result>): Promise<Result> => {
    const database = await open();
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  };
  return {
    all: () => using((database) => readAfter(database, 0)),
    add: (revocations) => using((database) => add(database, revocations)),
  };
}

async function readAfter(reader: Reader, id: number): Promise<readonly NumberedRevocation[]> {
  const select = sql<Row>`SELECT * FROM revocations WHERE id > ${id} ORDER BY id`;
  return (await reader.all(select.compile(query))).map((row) => ({
    id: row.id,
    serial: row.serial,
    commonName: row.common_name,
    revokedAt: new Date(row.revoked_at),
    reason: row.reason,
  }));
}

async function add(database: Database, revocations: readonly Revocation[]): Promise<void> {
  if (revocations.length === 0) return;
  await database.transact(async (transaction) => {
    for (const { serial, commonName, revokedAt, reason } of revocations)
      await transaction.all(
        sql`INSERT INTO revocations (serial, common_name, revoked_at, reason)
          VALUES (${serial}, ${commonName}, ${revokedAt.toISOString()}, ${reason})
          ON CONFLICT (serial) DO NOTHING`.compile(query),
      );
    await transaction.all(sql`SELECT pg_notify(${channel}, '')`.compile(query));
  });
}
