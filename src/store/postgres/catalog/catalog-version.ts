import { sql } from 'kysely';
import { DomainError } from '../../../core/errors';
import type { Reader } from '../database';
import { query } from '../queries';
import type { Transaction } from '../writer';

/** Counts the changes of bundles and releases; 0 before the first. A scalar, for other queries to select. */
export const catalogVersion = sql<number>`(SELECT coalesce(max(version), 0) FROM catalog_version)`;

/** PostgreSQL notifies its listeners of each change. */
export const catalogChannel = 'catalog';

interface Row {
  readonly version: number;
}

export async function readVersion(reader: Reader): Promise<number> {
  const [row] = await reader.all(sql<Row>`SELECT ${catalogVersion} AS version`.compile(query));
  return row?.version ?? 0;
}

/**
 * Begins a change of the catalog: counts it, locks the row until the end of the transaction, and notifies listeners then.
 * @param decidedOn the version on which the change was decided; default: any
 * @returns the version that the change makes
 * @throws DomainError `conflict` when the catalog has another version
 */
export async function claimVersion(
  transaction: Transaction,
  decidedOn: (() => number) | undefined,
): Promise<number> {
  const [row] = await transaction.all(
    sql<Row>`INSERT INTO catalog_version AS known (version) VALUES (1)
      ON CONFLICT (is_only) DO UPDATE SET version = known.version + 1 RETURNING version, pg_notify(${catalogChannel}, '')`.compile(
      query,
    ),
  );
  if (row === undefined) throw new Error('the catalog has no version');
  if (decidedOn !== undefined && decidedOn() !== row.version - 1) throw DomainError.of('catalog-changed');
  return row.version;
}
