import { CompiledQuery, sql } from 'kysely';
import { DomainError } from '../../core/errors';
import { connectionOptions } from '../postgres/connection-options';
import { type Database, openDatabase, type Reader, usingDatabase } from '../postgres/database';
import { DatabaseHold } from '../postgres/database-hold';
import { query } from '../postgres/queries';
import { bundlesOf, knownSchema } from '../postgres/read-condition';
import { readTablesVersion } from '../postgres/tables-version';
import { hasRows, type RowSource, type RowTarget } from './places';
import { postgresReader, postgresWriter } from './postgres-rows';

/** How reports name a database: its address may contain a password. */
const place = 'the PostgreSQL database';

/** PostgreSQL ends a server's transaction that is idle for long; this one waits while a large fleet is written and read elsewhere. */
const waitForOtherPlace = CompiledQuery.raw('SET LOCAL idle_in_transaction_session_timeout = 0');

/**
 * Opens a database of this version, and locks servers out.
 * @throws DomainError `configuration` while a server runs on it, or when it is of another version; `not-found`, `unavailable`
 */
export async function openPostgresSource(url: string): Promise<RowSource> {
  const hold = await DatabaseHold.take(connectionOptions(url));
  try {
    const state = await openPostgresState(url);
    return {
      ...state,
      async close() {
        await state.close();
        await hold.release();
      },
    };
  } catch (error) {
    await hold.release();
    throw error;
  }
}

/**
 * Opens a database of this version, on which servers may run.
 * @throws DomainError `configuration` when it is of another version; `not-found`, `unavailable`
 */
export async function openPostgresState(url: string): Promise<RowSource> {
  const database = await openDatabase(url, { maxReading: 1, isUpgraded: false });
  try {
    const { version } = await readTablesVersion(database);
    if (version === 0) throw DomainError.of('no-database-in-postgres');
    if (version > knownSchema) throw DomainError.of('database-of-newer-version', { file: place });
    if (version < knownSchema) throw DomainError.of('moved-database-outdated');
    return {
      read: (work) => readPatiently(database, (reader) => work(postgresReader(reader))),
      bundles: () => bundlesOf(database),
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Opens a database to fill, and locks servers out. Creates the tables, unless there is anything already.
 * @throws DomainError `configuration` while a server runs on it, `conflict` when it contains other tables, or those of another
 * version
 */
export async function openPostgresTarget(url: string): Promise<RowTarget> {
  const hold = await DatabaseHold.take(connectionOptions(url));
  let database: Database;
  try {
    await refuseOthers(url);
    database = await openDatabase(url, { maxReading: 1, isAlone: true });
  } catch (error) {
    await hold.release();
    throw error;
  }
  return {
    read: (work) =>
      readPatiently(database, async (reader) => {
        const rows = postgresReader(reader);
        return (await hasRows(rows)) ? await work(rows) : undefined;
      }),
    write: (work) =>
      database.transact(async (transaction) => {
        await transaction.all(waitForOtherPlace);
        const written = await work(postgresWriter(transaction));
        await hold.confirm();
        return written;
      }),
    async close() {
      await database.close();
      await hold.release();
    },
  };
}

function readPatiently<Result>(
  database: Database,
  work: (reader: Reader) => Promise<Result>,
): Promise<Result> {
  return database.readTogether(async (reader) => {
    await reader.all(waitForOtherPlace);
    return work(reader);
  });
}

/** Call it before any table is created or upgraded. */
async function refuseOthers(url: string): Promise<void> {
  const refuse = async (database: Database) => {
    const { version } = await readTablesVersion(database);
    if (version === knownSchema) return;
    const [row] = await database.all(
      sql<{
        readonly tables: number;
      }>`SELECT count(*) AS tables FROM pg_tables WHERE schemaname = current_schema()`.compile(query),
    );
    if (version === 0 && row?.tables === 0) return;
    throw DomainError.of('move-target-not-empty', { place });
  };
  await usingDatabase(url, refuse, { isUpgraded: false });
}
