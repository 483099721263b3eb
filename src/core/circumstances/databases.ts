import type { Circumstances } from '../reasons/why';

/** Why the database may be an older copy. */
export const databaseCircumstances = {
  'marker-missing': () => 'the database was put here without its marker, and may be an older copy',
  'marker-damaged': () => 'the marker beside the database is damaged, and the database may be an older copy',
  'database-replaced': () => 'the database is not the one that ran here last: it was restored or replaced',
  'database-older': () => 'the database was restored from an older copy',
  'bundle-of-no-row': ({ sha256 }: { sha256: string }) =>
    `devices name a bundle that this database never had (SHA-256 ${sha256}…): it may be an older copy`,
} satisfies Circumstances;
