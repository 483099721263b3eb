import type { Circumstances } from '../reasons/why';

/** What is wrong with the database, why it may be an older copy, and what to do. */
export const databaseCircumstances = {
  'marker-missing': () => 'the database was put here without its marker, and may be an older copy',
  'marker-damaged': () => 'the marker beside the database is damaged, and the database may be an older copy',
  'database-replaced': () => 'the database is not the one that ran here last: it was restored or replaced',
  'database-older': () => 'the database was restored from an older copy',
  'bundle-of-no-row': ({ sha256 }: { sha256: string }) =>
    `devices name a bundle that this database never had (SHA-256 ${sha256}…): it may be an older copy`,
  'database-not-one': () => 'it is not a database or is damaged',
  'restore-the-database': () =>
    'Stop the server, remove the -wal file, and restore the database from a backup. Check the disk.',
  'check-the-disk': () => 'Check the disk.',
} satisfies Circumstances;
