import { setImmediate as turn } from 'node:timers/promises';
import type Sqlite from 'libsql';
import { numberedTables, type NumberedTable } from './moved-tables';
import { pagesBy, quoted, type Row, type RowReader, type RowWriter, selectPage, toRow } from './table-rows';

/** Reads the tables of an open database. No one may write to it meanwhile. */
export function sqliteReader(sqlite: Sqlite.Database): RowReader {
  const all = (text: string, parameters: readonly unknown[] = []) =>
    sqlite.prepare(text).all([...parameters]) as Readonly<Record<string, unknown>>[];
  return {
    columns({ name }) {
      const found = all(`SELECT name FROM pragma_table_xinfo('${name}') WHERE hidden = 0`);
      return Promise.resolve(found.map((column) => String(column['name'])).sort());
    },
    pages(table, columns) {
      const parameter = (index: number) => `?${index}`;
      const first = selectPage(table, columns, { after: false, parameter });
      const next = selectPage(table, columns, { after: true, parameter });
      return pagesBy(table, columns, async (after) => {
        await turn(); // libsql frees its memory between turns of the event loop
        const found = after === null ? all(first) : all(next, after);
        return found.map((row) => toRow(columns, row));
      });
    },
    numbers() {
      const found = all('SELECT name, seq FROM sqlite_sequence').map(
        ({ name, seq }) => [String(name), Number(seq)] as const,
      );
      const known = new Map<string, number>(found);
      known.set('installations', Number(all('SELECT max(id) AS id FROM installations')[0]?.['id'] ?? 0));
      const numbers = new Map<NumberedTable, number>();
      for (const table of numberedTables) {
        const number = known.get(table) ?? 0;
        if (number > 0) numbers.set(table, number);
      }
      return Promise.resolve(numbers);
    },
  };
}

/**
 * Fills an open database. The numbers of installations follow from their rows: SQLite keeps no separate counter for
 * them.
 */
export function sqliteWriter(sqlite: Sqlite.Database): RowWriter {
  return {
    ...sqliteReader(sqlite),
    insert({ name }, columns, rows) {
      const places = columns.map(() => '?').join(', ');
      const statement = sqlite.prepare(
        `INSERT INTO ${quoted(name)} (${columns.map(quoted).join(', ')}) VALUES (${places})`,
      );
      for (const row of rows) statement.run(mutable(row));
      return Promise.resolve();
    },
    finish(numbers) {
      for (const [table, number] of numbers) {
        if (table === 'installations') continue;
        sqlite.prepare('DELETE FROM sqlite_sequence WHERE name = ?').run([table]);
        sqlite.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run([table, number]);
      }
      return Promise.resolve();
    },
  };
}

function mutable(row: Row): unknown[] {
  return [...row];
}
