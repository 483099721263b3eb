import {
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  sql,
} from 'kysely';
import type { Schema } from '../rows/schema';

/** A query to run, compiled or not. */
export type Query<Row> = Compilable<Row> | CompiledQuery<Row>;

/** What the driver runs. */
interface Statement {
  readonly text: string;
  readonly values: unknown[];
  /** Of a statement that each connection prepares once. */
  readonly name?: string;
}

interface PreparedQuery<Row> extends Compilable<Row> {
  readonly name: string;
}

/** Builds queries, but runs none. */
export const query = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** One parameter for a list of any length. */
export function anyOf(values: readonly string[]): RawBuilder<string>;
export function anyOf(values: readonly number[]): RawBuilder<number>;
export function anyOf(values: readonly (string | number)[]): RawBuilder<unknown> {
  const type = typeof values[0] === 'string' ? sql`text[]` : sql`bigint[]`;
  return sql`(SELECT unnest(${values}::${type}))`;
}

const names = new Map<string, string>();

/**
 * A query that each connection parses and plans only once. For those that devices cause all the time, and whose text is always the same:
 * PostgreSQL takes several times longer to plan the one that finds a device than to run it.
 */
export function prepared<Row>(query: Query<Row>): PreparedQuery<Row> {
  const statement = compiled(query);
  const name = names.get(statement.sql) ?? `prepared-${names.size}`;
  names.set(statement.sql, name);
  return { name, compile: () => statement };
}

/** @returns what the driver takes. @param keepsPrepared whether the connection keeps {@link prepared} statements */
export function statementOf(query: Query<unknown>, keepsPrepared: boolean): Statement {
  const { sql: text, parameters } = compiled(query);
  const values = [...parameters];
  return keepsPrepared && 'name' in query ? { text, values, name: String(query.name) } : { text, values };
}

export function compiled<Row>(query: Query<Row>): CompiledQuery<Row> {
  return 'compile' in query ? query.compile() : query;
}
