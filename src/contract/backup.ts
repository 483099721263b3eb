import { z } from 'zod';
import { backedUpCertificates } from '../core/backup';
import { count, instant, stringList } from './answer-fields';

const contents = {
  made_at: instant,
  has_bundles: z.boolean().describe('The bytes of bundles are in the archive'),
  bundles: count.describe('Bundles that the database names'),
  certificates: z.enum(backedUpCertificates),
};

/** What `backup --json` prints. */
export const backupJson = z.object({
  file: z.string(),
  size_bytes: count,
  ...contents,
  removed: stringList.describe('Older archives that were removed because there were too many'),
});

/** What `restore --json` prints. */
export const restoreJson = z.object({
  ...contents,
  kept_database: z.string().nullable().describe('Path where the previous database is kept'),
  restored_certificates: z.boolean(),
  missing_bundles: stringList.describe('Bundles that the database names and that were not found'),
});

export type BackupJson = z.infer<typeof backupJson>;
export type RestoreJson = z.infer<typeof restoreJson>;
