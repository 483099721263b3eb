import type { Pool, PoolClient } from 'pg';
import { DomainError } from '../../core/errors';
import { migrations } from './migrations';

/** Held while a node upgrades, so that others wait and then find nothing to do. */
const upgradeLock = 7_273_002;

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
  await client.query(
    `BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(${upgradeLock})`,
  );
  const version = await versionOf(client); // another node may have been faster
  if (version > migrations.length)
    throw DomainError.of('database-of-newer-version', { file: 'the database' });
  for (const step of migrations.slice(version)) await client.query(step);
  await client.query('DELETE FROM schema_version');
  await client.query('INSERT INTO schema_version (version) VALUES ($1)', [migrations.length]);
  await client.query('COMMIT');
}

/** How many steps a database has been through. */
async function versionOf(client: PoolClient): Promise<number> {
  const { rows: tables } = await client.query<{ found: string | null }>(
    `SELECT to_regclass('schema_version')::text AS found`,
  );
  if ((tables[0]?.found ?? null) === null) return 0;
  const { rows } = await client.query<{ version: number }>('SELECT version FROM schema_version');
  return rows[0]?.version ?? 0;
}
