/** Loads what only a server with its state in PostgreSQL needs. */
export function loadPostgresStore() {
  return require('../store/postgres-store') as typeof import('../store/postgres-store');
}
