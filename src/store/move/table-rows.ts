import type { MovedTable, NumberedTable } from './moved-tables';

export type Value = string | number | null;

/** The values of one row, in the order of the columns that were asked for. */
export type Row = readonly Value[];

/** The highest number that each table has given so far, 1 or more; tables that gave none are missing. */
export type Numbers = ReadonlyMap<NumberedTable, number>;

/** Reads one state of a database, table by table. */
export interface RowReader {
  /** Names of the columns that are stored rather than computed, sorted. */
  columns(table: MovedTable): Promise<readonly string[]>;
  /** All rows in the order of their keys, which are compared by their bytes; a few hundred at a time. */
  pages(table: MovedTable, columns: readonly string[]): AsyncGenerator<readonly Row[]>;
  numbers(): Promise<Numbers>;
}

/** Fills a database that has tables and no rows, in a transaction of its own. */
export interface RowWriter extends RowReader {
  /** @throws the database's own error */
  insert(table: MovedTable, columns: readonly string[], rows: readonly Row[]): Promise<void>;
  /**
   * Makes the next numbers begin above these, and derives the tables that only this kind of database has. Call it last.
   */
  finish(numbers: Numbers): Promise<void>;
}

/** Rows read at once. */
export const pageRows = 500;

/** The statement for one page of a table. @param after whether the key of the previous row is given as parameters */
export function selectPage(
  { name, key }: MovedTable,
  columns: readonly string[],
  { after, parameter }: { readonly after: boolean; readonly parameter: (index: number) => string },
): string {
  const keys = key.map(quoted).join(', ');
  const place = key.map((_, index) => parameter(index + 1)).join(', ');
  const where = after ? ` WHERE (${keys}) > (${place})` : '';
  return `SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(name)}${where} ORDER BY ${keys} LIMIT ${pageRows}`;
}

/** Pages through a table with a function that reads one page. */
export async function* pagesBy(
  { key }: MovedTable,
  columns: readonly string[],
  read: (after: Row | null) => Promise<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  const places = key.map((name) => columns.indexOf(name));
  for (let after: Row | null = null; ;) {
    const page: readonly Row[] = await read(after);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
    after = places.map((place) => last[place] ?? null);
  }
}

/** A row as an object, in the order of the columns. */
export function toRow(columns: readonly string[], found: Readonly<Record<string, unknown>>): Row {
  return columns.map((column) => found[column] as Value);
}

/** A name of ours in a statement. Some, such as `count`, are words of SQL. */
export function quoted(name: string): string {
  return `"${name}"`;
}
