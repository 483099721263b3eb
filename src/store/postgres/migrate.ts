import type { Pool, PoolClient, QueryConfig } from 'pg';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { lockForChange, serverLock, upgradeLock } from './locks';
import { contracts, type Migration, migrations } from './migrations';
import { presentNames } from './nodes/node-rows';
import { fitOf, oldestOf, type TablesVersion, tablesVersionOf } from './tables-version';

export interface MigrateOptions {
  /** Default: those of this program. */
  readonly migrations?: readonly Migration[];
  /** Whether the caller keeps all servers away; default: no. */
  readonly isAlone?: boolean;
}

/** An upgrade of a large database takes long; the driver would give up. */
const upgradeMs = 86_400_000;
/** How long to wait for a table that is in use, in milliseconds: whoever wants it next waits, too, and that may be a device. */
const tablePatienceMs = 1_000;
/** The table was not free in time; a deadlock. */
const blockedCodes = new Set(['55P03', '40P01']);

/**
 * Brings the tables up to date in one transaction: a failure changes nothing. Servers may run, unless a step contracts.
 * @throws DomainError `configuration` when a newer version has been here, or servers must be stopped first; `unavailable` when a table
 * is in use for long
 */
export async function migrate(pool: Pool, options: MigrateOptions = {}): Promise<void> {
  const { migrations: steps = migrations, isAlone = false } = options;
  const client = await pool.connect();
  let broken = true;
  try {
    if (isBehind(await tablesVersionOf(client), steps)) await upgrade(client, steps, isAlone);
    broken = false;
  } catch (cause) {
    if (!blockedCodes.has(systemErrorCode(cause) ?? '')) throw cause;
    throw DomainError.of('database-upgrade-blocked', {}, { cause });
  } finally {
    client.release(broken);
  }
}

async function upgrade(client: PoolClient, steps: readonly Migration[], isAlone: boolean): Promise<void> {
  const run = (text: string) => client.query({ text, query_timeout: upgradeMs } as QueryConfig);
  await run(
    `BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(${upgradeLock})`,
  );
  const stored = await tablesVersionOf(client);
  if (isBehind(stored, steps)) {
    // Otherwise another process was faster.
    const missing = steps.slice(stored.version);
    if (!isAlone) await (missing.some(contracts) ? keepServersAway(client) : interruptChanges(client));
    for (const step of missing) await run(contracts(step) ? step.contracts : step.expands);
    await client.query('DELETE FROM schema_version');
    const reached = [steps.length, oldestOf(steps)];
    await client.query('INSERT INTO schema_version (version, oldest) VALUES ($1, $2)', reached);
  }
  await client.query('COMMIT');
}

/** Until the end of the transaction. @throws DomainError `configuration` while servers run */
async function keepServersAway(client: PoolClient): Promise<void> {
  const lock = `SELECT pg_try_advisory_xact_lock(${serverLock}) AS held`;
  const { rows } = await client.query<{ readonly held: boolean }>(lock);
  if (rows[0]?.held === true) return;
  throw DomainError.of('database-upgrade-waits', { holder: (await presentNames(client)).join(', ') });
}

/** Until the end of the transaction, servers save nothing: it could be in the way, and each in the way of the other. */
async function interruptChanges(client: PoolClient): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = ${tablePatienceMs}; ${lockForChange}`);
}

/** @throws DomainError `configuration` when a newer version has been here, and its tables do not fit */
function isBehind(stored: TablesVersion, steps: readonly Migration[]): boolean {
  const fit = fitOf(stored, steps.length);
  if (fit === 'too-new') throw DomainError.of('database-of-newer-version', { file: 'the database' });
  return fit === 'behind';
}
