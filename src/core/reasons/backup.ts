import { sayRefusal } from '../circumstances/refusals';
import type { Reasons } from './reason-words';
import type { Why } from './why';

const otherArchive = 'Use another archive.';

/** About archives of a whole installation. */
export const backupReasons = {
  'archive-of-newer-version': {
    code: 'invalid-input',
    says: () => 'the archive was made by a newer version of this server',
    remedy: 'Restore it with that version.',
  },
  'archive-contents-damaged': {
    code: 'invalid-input',
    says: () => 'the list of contents of the archive is damaged',
    remedy: otherArchive,
  },
  'database-not-copied': {
    code: 'unavailable',
    says: ({ file }: { file: string }) => `${file} is damaged, and no backup can be made of it`,
    remedy: 'Keep the existing archives, run doctor, and restore the latest one.',
  },
  'no-database': {
    code: 'not-found',
    says: ({ file }: { file: string }) => `there is no database ${file}`,
    remedy: "Use the server's DATA_DIR, and run this as the server's user.",
  },
  'archive-exists': {
    code: 'conflict',
    says: ({ file }: { file: string }) => `${file} already exists`,
    remedy: 'Retry in a second.',
  },
  'bundle-not-archived': {
    code: 'bundle-broken',
    says: ({ bundle }: { bundle: string }) =>
      `the file of ${bundle} is missing or damaged, so a complete backup is not possible`,
    remedy: 'If it was just deleted, retry. Otherwise run doctor and upload the same bundle again.',
  },
  'no-space-for-archive': {
    code: 'storage-full',
    says: ({ folder }: { folder: string }) => `not enough space for the archive in ${folder}`,
    remedy:
      'Remove older archives (--keep), leave out the bundles (--bundles reference), or use another disk.',
  },
  'archived-database-damaged': {
    code: 'invalid-input',
    says: ({ damage }: { damage: string }) => `the database of the archive is damaged: ${damage}`,
    remedy: 'Use another archive, and run doctor where this one was made.',
  },
  'no-archive': {
    code: 'not-found',
    says: ({ archive }: { archive: string }) => `there is no archive ${archive}`,
    remedy: 'Check its name.',
  },
  'no-space-to-restore': {
    code: 'storage-full',
    says: ({ dataDir }: { dataDir: string }) => `not enough space in ${dataDir}`,
    remedy: 'Give the data folder more space, then retry. Nothing was changed.',
  },
  'database-to-replace': {
    code: 'conflict',
    says: ({ dataDir }: { dataDir: string }) => `${dataDir} already has a database`,
    remedy: 'Use --force to replace it; the existing database is kept next to it.',
  },
  'postgres-to-replace': {
    code: 'conflict',
    says: () => 'the PostgreSQL database already has an installation',
    remedy: 'Restore into an empty database: create one, set DATABASE_URL to it and repeat the command.',
  },
  'passphrase-wrong': {
    code: 'forbidden',
    says: () => 'this passphrase does not decrypt the certificates in the archive',
    remedy:
      'Use the passphrase the archive was made with. If it is the right one, the archive is damaged: use another one.',
  },
  'passphrase-missing': {
    code: 'forbidden',
    says: () => 'the certificates in the archive are encrypted',
    remedy: 'Give the passphrase with --passphrase-file.',
  },
  'archive-entry-not-a-file': {
    code: 'invalid-input',
    says: ({ name }: { name: string }) => `the archive has ${JSON.stringify(name)}, which is not a file`,
    remedy: otherArchive,
  },
  'archive-entry-unknown': {
    code: 'invalid-input',
    says: ({ name }: { name: string }) =>
      `the archive has ${JSON.stringify(name)}, which is not part of a backup`,
    remedy: otherArchive,
  },
  'archive-certificate-misnamed': {
    code: 'invalid-input',
    says: () => 'the archive has a certificate with a bad name',
    remedy: otherArchive,
  },
  'archive-incomplete': {
    code: 'invalid-input',
    says: ({ file }: { file: string }) => `${file} is not a complete archive`,
    remedy: otherArchive,
  },
  'archive-damaged': {
    code: 'invalid-input',
    says: ({ archive, why }: { archive: string; why: Why }) => `${archive} is damaged: ${sayRefusal(why)}`,
    remedy: otherArchive,
  },
} satisfies Reasons;
