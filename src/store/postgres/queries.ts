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

export function compiled<Row>(query: Query<Row>): CompiledQuery<Row> {
  return 'compile' in query ? query.compile() : query;
}
