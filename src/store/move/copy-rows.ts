import { createHash, type Hash } from 'node:crypto';
import { DomainError } from '../../core/errors';
import { type MovedTable, movedTables } from './moved-tables';
import type { Row, RowReader, RowWriter } from './table-rows';

/** A digest of a table, to compare tables of different databases. */
export interface TableDigest {
  readonly name: string;
  readonly rows: number;
  /** SHA-256 over all rows in the order of their keys. */
  readonly sha256: string;
}

/**
 * Copies every table, then reads the copy back and compares both: the number of rows, and a hash over all of them.
 * @throws DomainError `conflict` when a row was refused or the copy differs
 */
export async function copyRows(from: RowReader, to: RowWriter): Promise<readonly TableDigest[]> {
  const copied: TableDigest[] = [];
  for (const table of movedTables)
    copied.push(await digestTable(table, from, (columns, rows) => insert(to, table, columns, rows)));
  await to.finish(await from.numbers());
  const different = findDifference(copied, await digestRows(to));
  if (different !== undefined) throw DomainError.of('moved-rows-differ', { table: different });
  return copied;
}

/** Reads everything. */
export async function digestRows(reader: RowReader): Promise<readonly TableDigest[]> {
  const digests: TableDigest[] = [];
  for (const table of movedTables) digests.push(await digestTable(table, reader, () => Promise.resolve()));
  return digests;
}

/** The first table that is not the same; `undefined` if all are. */
export function findDifference(
  some: readonly TableDigest[],
  others: readonly TableDigest[],
): string | undefined {
  const isSame = (one: TableDigest, other?: TableDigest) =>
    one.rows === other?.rows && one.sha256 === other.sha256;
  return some.find((one, index) => !isSame(one, others[index]))?.name;
}

export function countRows(digests: readonly TableDigest[]): number {
  return digests.reduce((sum, { rows }) => sum + rows, 0);
}

async function digestTable(
  table: MovedTable,
  reader: RowReader,
  take: (columns: readonly string[], rows: readonly Row[]) => Promise<void>,
): Promise<TableDigest> {
  const columns = await reader.columns(table);
  const hash = createHash('sha256').update(`${JSON.stringify(columns)}\n`);
  let rows = 0;
  for await (const page of reader.pages(table, columns)) {
    for (const row of page) update(hash, row);
    rows += page.length;
    await take(columns, page);
  }
  return { name: table.name, rows, sha256: hash.digest('hex') };
}

function update(hash: Hash, row: Row): void {
  hash.update(JSON.stringify(row)).update('\n');
}

async function insert(
  to: RowWriter,
  table: MovedTable,
  columns: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  try {
    await to.insert(table, columns, rows);
  } catch (error) {
    if (error instanceof DomainError || !isRefusal(error)) throw error;
    throw DomainError.of('moved-row-refused', { table: table.name, why: error.message }, { cause: error });
  }
}

/** SQLite names its constraints; in PostgreSQL these are the classes of bad data and of constraints. */
function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return /^(SQLITE_CONSTRAINT|SQLITE_MISMATCH|22|23)/.test(String(error.code));
}
