import { usingDatabase } from '../../src/store/postgres/database';
import { launchPostgres, type Postgres, type PostgresOptions } from './postgres-server';

export type { Postgres } from './postgres-server';

const started: Postgres[] = [];

afterAll(async () => {
  for (const postgres of started.splice(0)) await postgres.remove();
});

/** Starts one for the tests of a file. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const postgres = await launchPostgres(options);
  started.push(postgres);
  return postgres;
}

/** The same, with a database that has the tables. */
export async function startDatabase(
  name: string,
): Promise<{ readonly postgres: Postgres; readonly url: string }> {
  const postgres = await startPostgres();
  const url = await postgres.create(name);
  await usingDatabase(url, () => Promise.resolve()); // which makes the tables
  return { postgres, url };
}
