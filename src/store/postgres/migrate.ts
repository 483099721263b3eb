import type { Pool, PoolClient, QueryConfig } from 'pg';
import { sql } from 'kysely';
import { DomainError } from '../../core/errors';
import { upgradeLock } from './locks';
import { migrations } from './migrations';
import { compiled, query, type Query } from './queries';

interface Reader {
  all<Row>(query: Query<Row>): Promise<Row[]>;
}

/** An upgrade of a large database takes long; the driver would give up. */
const upgradeMs = 86_400_000;

/**
 * Brings the tables up to date in one transaction: a failure changes nothing.
 * @throws DomainError `configuration` when a newer version has been here
 */
export async function migrate(pool: Pool): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  try {
    if ((await versionOf(client)) !== migrations.length) await upgrade(client);
    broken = false;
  } finally {
    client.release(broken);
  }
}

async function upgrade(client: PoolClient): Promise<void> {
  const run = (text: string) => client.query({ text, query_timeout: upgradeMs } as QueryConfig);
  await run(
    `BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(${upgradeLock})`,
  );
  const version = await versionOf(client); // another node may have been faster
  if (version > migrations.length)
    throw DomainError.of('database-of-newer-version', { file: 'the database' });
  for (const step of migrations.slice(version)) await run(step);
  await client.query('DELETE FROM schema_version');
  await client.query('INSERT INTO schema_version (version) VALUES ($1)', [migrations.length]);
  await client.query('COMMIT');
}

function versionOf(client: PoolClient): Promise<number> {
  return storedVersion({
    all: async (statement) => {
      const { sql: text } = compiled(statement);
      return (await client.query(text)).rows as never[];
    },
  });
}

/** How many steps a database has been through. */
export async function storedVersion(reader: Reader): Promise<number> {
  const tables = sql<{ readonly found: string | null }>`SELECT to_regclass('schema_version')::text AS found`;
  const [table] = await reader.all(tables.compile(query));
  if (table === undefined || table.found === null) return 0;
  const stored = sql<{ readonly version: number }>`SELECT version FROM schema_version`;
  return (await reader.all(stored.compile(query)))[0]?.version ?? 0;
}
