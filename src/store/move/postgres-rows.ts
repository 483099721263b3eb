import { CompiledQuery } from 'kysely';
import type { Reader } from '../postgres/database';
import { numberedTables, type NumberedTable } from './moved-tables';
import { pagesBy, quoted, type RowReader, type RowWriter, selectPage, toRow } from './table-rows';

type Found = Readonly<Record<string, unknown>>;

/** Reads the tables in a transaction that sees the state of one moment. */
export function postgresReader(reader: Reader): RowReader {
  const all = statements(reader);
  return {
    async columns({ name }) {
      const found = await all(selectColumns, [name]);
      return found.map((column) => String(column['name'])).sort();
    },
    pages(table, columns) {
      const parameter = (index: number) => `$${index}`;
      const first = selectPage(table, columns, { after: false, parameter });
      const next = selectPage(table, columns, { after: true, parameter });
      return pagesBy(table, columns, async (after) => {
        const found = await (after === null ? all(first) : all(next, after));
        return found.map((row) => toRow(columns, row));
      });
    },
    async numbers() {
      const numbers = new Map<NumberedTable, number>();
      for (const table of numberedTables) {
        const [row] = await all('SELECT pg_sequence_last_value($1::regclass) AS last', [sequences[table]]);
        const last = Number(row?.['last'] ?? 0);
        if (last > 0) numbers.set(table, last);
      }
      return numbers;
    },
  };
}

/** Fills the tables in a transaction. */
export function postgresWriter(transaction: Reader): RowWriter {
  const types = new Map<string, ReadonlyMap<string, string>>();
  const all = statements(transaction);
  const typesOf = async (table: string) => {
    const known = types.get(table);
    if (known !== undefined) return known;
    const found = await all(selectColumns, [table]);
    const made = new Map(found.map(({ name, type }) => [String(name), String(type)] as const));
    types.set(table, made);
    return made;
  };
  return {
    ...postgresReader(transaction),
    async insert({ name }, columns, rows) {
      const types = await typesOf(name);
      const lists = columns.map((column, index) => `$${index + 1}::${types.get(column) ?? 'text'}[]`);
      await all(
        `INSERT INTO ${quoted(name)} (${columns.map(quoted).join(', ')}) SELECT * FROM unnest(${lists.join(', ')})`,
        columns.map((_, index) => rows.map((row) => row[index])),
      );
    },
    async finish(numbers) {
      for (const [table, number] of numbers)
        await all('SELECT setval($1::regclass, $2)', [sequences[table], number]);
      // Installations of a release without a revision would not be counted, and it would exceed its cap.
      await all(
        'INSERT INTO release_revisions (release_id, revision) SELECT DISTINCT release_id, 1 FROM release_outcomes',
      );
    },
  };
}

function statements(reader: Reader) {
  return (text: string, parameters: readonly unknown[] = []) =>
    reader.all<Found>(CompiledQuery.raw(text, [...parameters]));
}

const selectColumns = `SELECT column_name AS name, data_type AS type FROM information_schema.columns
  WHERE table_schema = current_schema() AND table_name = $1`;

/** PostgreSQL names the sequences of columns after the table and the column. */
const sequences: Readonly<Record<NumberedTable, string>> = {
  activations: 'activations_id_seq',
  events: 'events_id_seq',
  webhooks: 'webhooks_id_seq',
  drafts: 'drafts_id_seq',
  revocations: 'revocations_id_seq',
  issued_certificates: 'issued_certificates_id_seq',
  installations: 'installation_ids',
};
