import { openDatabase } from '../../src/store/postgres/database';
import { launchPostgres } from './postgres-server';

/** A database with our tables, which tests copy. */
export const templateDatabase = 'template_of_tests';

const variable = 'TEST_POSTGRES_URL';

/** @returns the address of a database of the server that all test files share */
export function postgresUrl(database: string): string {
  const url = process.env[variable];
  if (url === undefined) throw new Error('there is none outside the Jest project postgres');
  return url.replace('/postgres?', `/${database}?`);
}

/** Jest calls it once, before all test files. */
export default async function start(): Promise<void> {
  // Each test has a database of its own, and none lives long enough to be vacuumed.
  const postgres = await launchPostgres({ settings: ['max_connections=300', 'autovacuum=off'] });
  await (await openDatabase(await postgres.create(templateDatabase))).close();
  process.env[variable] = postgres.url('postgres');
  Object.assign(globalThis, { stopPostgres: () => postgres.remove() });
}
