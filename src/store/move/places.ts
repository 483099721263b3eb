import type { InstalledBundle } from '../../ports/installed-data';
import { movedTables } from './moved-tables';
import type { RowReader, RowWriter } from './table-rows';

/** A database to copy. It is left unchanged, and no server runs on it until `close`. */
export interface RowSource {
  /** Reads one state of it. The work may run again when a connection is lost. */
  read<Result>(work: (reader: RowReader) => Promise<Result>): Promise<Result>;
  /** The bundles that are not deleted. */
  bundles(): Promise<readonly InstalledBundle[]>;
  close(): Promise<void>;
}

/** A database to fill. No server runs on it until `close`. */
export interface RowTarget {
  /** Reads what is there; `undefined` when there are no rows. */
  read<Result>(work: (reader: RowReader) => Promise<Result>): Promise<Result | undefined>;
  /** Fills the database, completely or not at all. The work may run again when a connection is lost. */
  write<Result>(work: (writer: RowWriter) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export async function hasRows(reader: RowReader): Promise<boolean> {
  for (const table of movedTables) {
    const first = await reader.pages(table, await reader.columns(table)).next();
    if (first.done !== true) return true;
  }
  return false;
}
