import {
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type Sqlite from 'libsql';
import { RecentMap } from '../../base/collections/recent-map';
import { storageError } from '../storage-error';
import type { Schema } from '../rows/schema';

/** Statements that stay prepared. A list with many filters has one for each combination. */
const maxStatements = 300;

/** Builds queries, but runs none. */
export function queryBuilder(): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

export function compiled<Row>(query: Compilable<Row> | CompiledQuery<Row>): CompiledQuery<Row> {
  return 'compile' in query ? query.compile() : query;
}

/**
 * The statements of one connection. Each is prepared once: preparing costs more than running it, and a dropped
 * prepared statement holds memory that Node does not see.
 */
export class Statements {
  readonly #prepared = new RecentMap<string, Sqlite.Statement>(maxStatements);

  /** @throws DomainError `storage-full`, `unavailable` */
  run<Row>(sqlite: Sqlite.Database, query: Compilable<Row> | CompiledQuery<Row>): Row[] {
    const { sql, parameters } = compiled(query);
    try {
      // The only place where rows get their type: that of the query, which Kysely checked against the schema.
      return this.#prepared.getOrMake(sql, () => sqlite.prepare(sql)).all(parameters) as Row[];
    } catch (error) {
      throw storageError(error);
    }
  }
}
