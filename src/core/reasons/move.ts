import type { Reasons } from './reason-words';

/** About moving an installation to another database or another place for its bundles. */
export const moveReasons = {
  'move-to-itself': {
    code: 'configuration',
    says: () => 'the installation cannot be moved to the folder or the database that it uses now',
    remedy: 'Name a new, empty folder with --to-data-dir, and an empty database with --to.',
  },
  'move-target-not-empty': {
    code: 'conflict',
    says: ({ place }: { place: string }) => `${place} is not empty`,
    remedy:
      'Use an empty database and a new folder. A move that was interrupted continues only if the installation has not changed since.',
  },
  'moved-database-outdated': {
    code: 'configuration',
    says: () => 'an earlier version of this server wrote the PostgreSQL database',
    remedy: 'Start this version on it once, stop it, then retry.',
  },
  'no-database-in-postgres': {
    code: 'not-found',
    says: () => 'the PostgreSQL database has no tables of this server',
    remedy: 'Check the name of the database in DATABASE_URL.',
  },
  'moved-row-refused': {
    code: 'conflict',
    says: ({ table, why }: { table: string; why: string }) =>
      `the new database refuses a row of the table ${table}: ${why}`,
    remedy: 'Run doctor on this installation. Nothing was changed in it.',
  },
  'moved-rows-differ': {
    code: 'conflict',
    says: ({ table }: { table: string }) =>
      `the copy of the table ${table} differs from the original, so it was not kept`,
    remedy: 'Check that no other program writes to the new database, then retry.',
  },
  'bundle-not-moved': {
    code: 'bundle-broken',
    says: ({ bundle }: { bundle: string }) =>
      `the file of ${bundle} is missing or damaged, so the installation cannot be moved completely`,
    remedy: 'Start the server, upload the same bundle again or delete it, stop the server, then retry.',
  },
} satisfies Reasons;
