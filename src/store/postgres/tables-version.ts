import { sql } from 'kysely';
import type { ClientBase } from 'pg';
import { contracts, type Migration } from './migrations';
import { compiled, query, type Query } from './queries';

interface Reader {
  all<Row>(query: Query<Row>): Promise<Row[]>;
}

/** The tables of a database, counted in migrations. */
export interface TablesVersion {
  /** How many they have been through. */
  readonly version: number;
  /** How many a program must know to work on them. */
  readonly oldest: number;
}

/** `ahead`: a newer version has added to them, and this program works on them all the same. */
export type TablesFit = 'same' | 'behind' | 'ahead' | 'too-new';

/** How tables fit a program that knows so many migrations. */
export function fitOf({ version, oldest }: TablesVersion, known: number): TablesFit {
  if (version === known) return 'same';
  if (version < known) return 'behind';
  return oldest <= known ? 'ahead' : 'too-new';
}

/** How many of the migrations a program must know to work on the tables that they make. */
export function oldestOf(migrations: readonly Migration[]): number {
  return migrations.findLastIndex(contracts) + 1;
}

/** Also of a database without tables, and of one from before {@link TablesVersion.oldest} was recorded. */
export async function readTablesVersion(reader: Reader): Promise<TablesVersion> {
  const tables = sql<{ readonly found: string | null }>`SELECT to_regclass('schema_version')::text AS found`;
  const [table] = await reader.all(tables.compile(query));
  if (table === undefined || table.found === null) return { version: 0, oldest: 0 };
  const select = sql<TablesVersion>`
    SELECT version, coalesce((to_jsonb(stored) ->> 'oldest')::integer, version) AS oldest FROM schema_version AS stored`;
  return (await reader.all(select.compile(query)))[0] ?? { version: 0, oldest: 0 };
}

/** As {@link readTablesVersion}, on a connection of its own or within its transaction. */
export function tablesVersionOf(client: ClientBase): Promise<TablesVersion> {
  return readTablesVersion({
    all: async (statement) => (await client.query(compiled(statement).sql)).rows as never[],
  });
}
