import { whatFailed } from '../../core/what-failed';
import { DomainError } from '../../core/errors';
import type { DatabaseCondition, InstalledBundle } from '../../ports/installed-data';
import { createAskedNameRecords } from './asked-name-records';
import { type Database, type Reader, usingDatabase } from './database';
import { PostgresJournal } from './journal-records';
import { migrations } from './migrations';
import { query } from './queries';
import { readTablesVersion } from './tables-version';

/** How many migrations this program has. */
export const knownSchema = migrations.length;

/** How reports name the database: its address may contain a password. */
const file = 'the PostgreSQL database';

/** The condition of a database, read without changing it. */
export async function readCondition(url: string): Promise<DatabaseCondition> {
  try {
    return await reading(url, async (database) => {
      const { version: schema, oldest } = await readTablesVersion(database);
      if (schema === 0) return { kind: 'missing', file };
      const lastEventAt = await new PostgresJournal(database).lastAt();
      const askedNames = await createAskedNameRecords(database).all();
      const bundles = await bundlesOf(database);
      return { kind: 'read', file, schema, oldest, damage: [], bundles, lastEventAt, askedNames };
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { kind: 'unreadable', file, ...whatFailed(error, '') };
  }
}

/** @throws DomainError `unavailable` */
export function readBundles(url: string): Promise<readonly InstalledBundle[]> {
  return reading(url, bundlesOf);
}

/** The bundles that are not deleted. */
export async function bundlesOf(reader: Reader): Promise<readonly InstalledBundle[]> {
  const stored = query.selectFrom('bundles').select(['name', 'sha256', 'size_bytes']);
  const rows = await reader.all(stored.where('deleted_at', 'is', null).orderBy('name'));
  return rows.map(({ name, sha256, size_bytes: sizeBytes }) => ({ name, sha256, sizeBytes }));
}

export async function deletedHashes(reader: Reader): Promise<readonly string[]> {
  const deleted = query.selectFrom('bundles').select('sha256').distinct();
  const rows = await reader.all(deleted.where('deleted_at', 'is not', null));
  return rows.map(({ sha256 }) => sha256);
}

function reading<Result>(url: string, read: (database: Database) => Promise<Result>): Promise<Result> {
  return usingDatabase(url, read, { isUpgraded: false });
}
