import type { Reasons } from './reason-words';

export const storageReasons = {
  'symbolic-link-in-data': {
    code: 'configuration',
    says: ({ file }: { file: string }) =>
      `${file} is a symbolic link, and the server follows none inside its data folder`,
    remedy:
      'Put there what it points at, or mount it there. To keep all data elsewhere set DATA_DIR; the data folder itself may be a link.',
  },
  'disk-full': {
    code: 'storage-full',
    says: () => 'the disk that holds the data folder is full',
    remedy:
      'Make room on it, such as by deleting bundles that no device needs; df and df -i show what is left.',
  },
  'data-folder-read-only': {
    code: 'unavailable',
    says: () => 'the data folder can only be read',
    remedy: 'Give the server a data folder that it can write to.',
  },
  'database-locked': {
    code: 'unavailable',
    says: () => 'another program keeps the database locked',
    remedy: 'Try again; if it lasts, look for a program that has server.db open.',
  },
  'disk-errors': {
    code: 'unavailable',
    says: () => 'the disk that holds the data folder reports errors',
    remedy: 'Check the disk, and restore the data folder from a backup if it is damaged.',
  },
  'database-closed': {
    code: 'unavailable',
    says: () => 'the database is closed: the server stops',
  },
  'database-emptied': {
    code: 'configuration',
    says: ({ file }: { file: string }) =>
      `${file} is missing or empty, but database.marker beside it says that a server has run here`,
    remedy:
      'Restore the newest backup: rauc-simple-server restore ARCHIVE --force. To start with an empty database instead, move database.marker away: bundles are taken over, but releases, devices, tokens and the journal are lost.',
  },
  'write-not-on-disk': {
    code: 'unavailable',
    says: ({ why }: { why: string }) => `what was written could not be brought to the disk: ${why}`,
    remedy: 'Check the disk. Once the server runs again, look whether the change is there.',
  },
  'database-of-newer-version': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} was written by a newer version of this server`,
    remedy: 'Start that version, or restore a backup made before the upgrade.',
  },
  'not-a-database': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is not a database or is damaged`,
    remedy: 'Restore it from a backup, with its -wal file removed.',
  },
  'database-unusable': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} can't be opened`,
    remedy: 'Give the user that runs the server a data folder that it owns.',
  },
  'lock-file-unusable': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} can't be opened`,
    remedy: 'Give the user that runs the server a data folder that it owns (DATA_DIR).',
  },
  'installation-numbers-used-up': {
    code: 'unavailable',
    says: () => 'there are no numbers left for installations',
  },
  'data-folder-unusable': {
    code: 'configuration',
    says: ({ dataDir }: { dataDir: string }) => `the data folder ${dataDir} can't be used`,
    remedy: 'Give the user that runs the server a data folder that it owns (DATA_DIR).',
  },
} satisfies Reasons;
