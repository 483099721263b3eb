import { readFile } from 'node:fs/promises';
import path from 'node:path';
import Sqlite from 'libsql';
import { Client } from 'pg';
import { openPostgresTokens } from '../../src/store/postgres-store';
import { lockForChange } from '../../src/store/postgres/locks';
import { openTokenStore } from '../../src/store/store';
import { databaseUrl, isOnPostgres } from './postgres-services';

export { isOnPostgres };

/** For tests of the SQLite file itself, in suites that otherwise run on PostgreSQL too. */
export const onSqlite = { it: isOnPostgres ? ignore : it, describe: isOnPostgres ? ignore : describe };

function ignore(): void {
  // the test does not exist there
}

/** Runs SQL on the database of a data folder, beside its server. @returns the rows of a SELECT */
export async function runSql(dataDir: string, sql: string): Promise<readonly unknown[]> {
  if (isOnPostgres) return runOnPostgres(await databaseUrl(dataDir), sql);
  const database = new Sqlite(path.join(dataDir, 'server.db'));
  try {
    if (/^\s*SELECT/i.test(sql)) return database.prepare(sql).all();
    database.exec(sql);
    return [];
  } finally {
    database.close();
  }
}

async function runOnPostgres(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

/** @returns the names of its tables */
export async function tablesOf(dataDir: string): Promise<readonly string[]> {
  const select = isOnPostgres
    ? "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  return (await runSql(dataDir, select)).map((row) => (row as { readonly name: string }).name);
}

/** Whether a text is anywhere in a database: in SQLite's files, or in a row of PostgreSQL. */
export async function isInDatabase(dataDir: string, text: string): Promise<boolean> {
  if (!isOnPostgres) {
    const files = ['server.db', 'server.db-wal'].map((name) => readFile(path.join(dataDir, name)));
    return (await Promise.all(files)).some((content) => content.includes(text));
  }
  for (const name of await tablesOf(dataDir)) {
    const rows = await runSql(dataDir, `SELECT whole::text AS row FROM "${name}" AS whole`);
    if (rows.some((row) => (row as { readonly row: string }).row.includes(text))) return true;
  }
  return false;
}

/** Makes the database refuse each new line of the journal with the words `no line`. */
export async function refuseLines(dataDir: string): Promise<void> {
  if (!isOnPostgres) {
    const refuse = "BEGIN SELECT raise(ABORT, 'no line'); END";
    await runSql(dataDir, `CREATE TRIGGER refuse_lines BEFORE INSERT ON events ${refuse}`);
    return;
  }
  const raise = "BEGIN RAISE EXCEPTION 'no line'; END";
  await runSql(dataDir, `CREATE FUNCTION refuse_line() RETURNS trigger LANGUAGE plpgsql AS $$ ${raise} $$`);
  const trigger = 'BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse_line()';
  await runSql(dataDir, `CREATE TRIGGER refuse_lines ${trigger}`);
}

/** @returns what became of work, and how many transactions wrote meanwhile */
export async function countingWrites<Result>(
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly writes: number }> {
  const statements = isOnPostgres
    ? jest.spyOn(Client.prototype, 'query')
    : jest.spyOn(Sqlite.prototype, 'exec');
  const began = isOnPostgres ? `BEGIN; ${lockForChange}` : 'COMMIT';
  const result = await work();
  const calls: readonly (readonly unknown[])[] = statements.mock.calls;
  const writes = calls.filter(([text]) => typeof text === 'string' && text.startsWith(began)).length;
  statements.mockRestore();
  return { result, writes };
}

/** Opens only the tokens of a data folder, as a command does beside a server. */
export async function openTokens(dataDir: string): Promise<Awaited<ReturnType<typeof openPostgresTokens>>> {
  if (isOnPostgres) return openPostgresTokens(await databaseUrl(dataDir));
  const opened = openTokenStore(dataDir);
  return {
    tokens: opened.tokens,
    close() {
      opened.close();
      return Promise.resolve();
    },
  };
}
