import { counted } from '../../../base/text/counted';
import type { Findings } from './doctor-words';

const uploadAgain = 'Upload the same bundle again.';

/** Findings about the database and the bundles. */
export const dataFindings = {
  'database-of-newer-version': {
    says: ({ schema, known }: { schema: number; known: number }) =>
      `a newer version of this server wrote it (schema ${schema}, this one knows ${known})`,
    remedy: 'Start that version, or restore a backup made before the upgrade.',
  },
  'database-missing': {
    says: () => 'there is no database',
    remedy:
      'Check DATA_DIR. If it is right, restore the database from a backup. A new server creates one when it starts.',
  },
  'database-damaged': {
    says: ({ damage }: { damage: string }) => `it is damaged: ${damage}`,
    remedy: 'Stop the server, keep a copy of data/, and restore the database from a backup. Check the disk.',
  },
  'bundle-file-missing': {
    says: () => 'its file is missing, so devices that are offered it get an error',
    remedy: uploadAgain,
  },
  'bundle-file-of-wrong-size': {
    says: ({ sizeBytes, wantedBytes }: { sizeBytes: number; wantedBytes: number }) =>
      `it has ${counted(sizeBytes, 'byte')} instead of ${wantedBytes}`,
    remedy: uploadAgain,
  },
  'bundle-file-changed': {
    says: () => 'its content differs from what was published: check the disk',
    remedy: uploadAgain,
  },
  'bundle-file-unknown': {
    says: () => 'it is not a bundle of this server',
    remedy: 'Restart the server to import it, or move it away.',
  },
} satisfies Findings;
