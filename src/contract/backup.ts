import { z } from 'zod';
import { backedUpCertificates } from '../core/backup';
import { count, instant, stringList } from './answer-fields';

const contents = {
  made_at: instant,
  has_bundles: z.boolean().describe('the bytes of bundles are in the archive'),
  bundles: count.describe('that the database names'),
  certificates: z.enum(backedUpCertificates),
};

/** What `backup --json` prints. */
export const backupJson = z.object({
  file: z.string(),
  size_bytes: count,
  ...contents,
  removed: stringList.describe('older archives that were too many'),
});

/** What `restore --json` prints. */
export const restoreJson = z.object({
  ...contents,
  kept_database: z.string().nullable().describe('path of the database that was there'),
  restored_certificates: z.boolean(),
  missing_bundles: stringList.describe('named by the database, and in no place'),
});

export type BackupJson = z.infer<typeof backupJson>;
export type RestoreJson = z.infer<typeof restoreJson>;
