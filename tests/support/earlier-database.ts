import { statSync } from 'node:fs';
import Sqlite from 'libsql';
import { migrations } from '../../src/store/sqlite/migrations';

/** The number of schemas before the current one. */
export const earlierSchemas = migrations.length - 1;

/**
 * Writes a database of an earlier schema with the data of a current one, as far as that schema has a place for it.
 * @param schema from 1
 */
export function writeEarlierDatabase(from: string, schema: number, file: string): void {
  statSync(from); // SQLite would make an empty one
  const sqlite = new Sqlite(file);
  makeSchema(sqlite, schema);
  sqlite.prepare('ATTACH ? AS present').run([from]);
  for (const table of tablesOf(sqlite)) {
    const present = columnsOf(sqlite, 'present', table);
    const columns = columnsOf(sqlite, 'main', table).filter((name) => present.includes(name));
    // A trigger may already have written a row.
    sqlite.exec(
      `INSERT OR IGNORE INTO main.${table} (${columns.join()}) SELECT ${columns.join()} FROM present.${table}`,
    );
  }
  sqlite.exec('DETACH present');
  sqlite.close();
}

/** Gives an empty database the last schema before something was added. @param added part of the step that added it */
export function makeSchemaBefore(sqlite: Sqlite.Database, added: string): void {
  const last = migrations.findIndex((step) => step.includes(added));
  expect(last).toBeGreaterThan(0);
  makeSchema(sqlite, last);
}

function makeSchema(sqlite: Sqlite.Database, schema: number): void {
  for (const step of migrations.slice(0, schema)) sqlite.exec(step);
  sqlite.pragma(`user_version = ${schema}`);
}

function tablesOf(sqlite: Sqlite.Database): string[] {
  const rows = sqlite
    .prepare("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all([]) as { name: string }[];
  return rows.map(({ name }) => name);
}

/** Columns that are stored, not computed. */
function columnsOf(sqlite: Sqlite.Database, of: 'main' | 'present', table: string): string[] {
  const rows = sqlite.prepare(`PRAGMA ${of}.table_xinfo(${table})`).all([]) as {
    name: string;
    hidden: number;
  }[];
  return rows.filter(({ hidden }) => hidden === 0).map(({ name }) => name);
}
