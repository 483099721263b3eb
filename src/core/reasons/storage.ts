import type { Reasons } from './reason-words';

export const storageReasons = {
  'symbolic-link-in-data': {
    code: 'configuration',
    says: ({ file }: { file: string }) =>
      `${file} is a symbolic link, which the server does not follow inside its data folder`,
    remedy:
      'Replace the link with its target, or mount the target there. To keep all data elsewhere, set DATA_DIR; the data folder itself may be a link.',
  },
  'disk-full': {
    code: 'storage-full',
    says: () => 'the disk that holds the data folder is full',
    remedy:
      'Free some space, for example by deleting bundles that no device needs. df and df -i show what is left.',
  },
  'data-folder-read-only': {
    code: 'unavailable',
    says: () => 'the data folder is read-only',
    remedy: 'Give the server a data folder that it can write to.',
  },
  'database-locked': {
    code: 'unavailable',
    says: () => 'another program keeps the database locked',
    remedy: 'Retry. If it persists, look for a program that has server.db open.',
  },
  'disk-errors': {
    code: 'unavailable',
    says: () => 'the disk that holds the data folder reports errors',
    remedy: 'Check the disk, and restore the data folder from a backup if it is damaged.',
  },
  'database-closed': {
    code: 'unavailable',
    says: () => 'the database is closed: the server is shutting down',
  },
  'database-address-unusable': {
    code: 'configuration',
    says: ({ why }: { why: string }) => `the address of the database cannot be used: ${why}`,
    remedy: 'Use the form postgres://user:password@host:5432/name?sslmode=verify-full.',
  },
  'database-away': {
    code: 'unavailable',
    says: () => 'the database server cannot be reached',
    remedy: 'Check that PostgreSQL is running and that this machine can reach it.',
  },
  'database-refuses': {
    code: 'unavailable',
    says: () => 'the database server refuses the connection, or its certificate cannot be verified',
    remedy: 'Check the user, the password, the name of the database and sslrootcert.',
  },
  'database-busy': {
    code: 'unavailable',
    says: () => 'too many requests are waiting for the database',
    remedy: 'Retry. If it persists, check the load of the database server and of this one.',
  },
  'database-slow': {
    code: 'unavailable',
    says: () => 'the database server took too long to answer',
    remedy: 'Retry. If it persists, check the load of the database server.',
  },
  'database-takes-no-changes': {
    code: 'unavailable',
    says: () => 'the database server accepts no changes',
    remedy: 'Connect to the primary server: a standby is read-only.',
  },
  'database-disk-full': {
    code: 'storage-full',
    says: () => 'the disk of the database server is full',
    remedy: 'Free some space on the database server.',
  },
  'database-in-use': {
    code: 'configuration',
    says: ({ holder }: { holder: string }) =>
      holder === ''
        ? 'another process has the database for itself, for example to upgrade or to move it'
        : `servers are running on this database: ${holder}`,
    remedy: 'Stop them first, or use another database.',
  },
  'database-upgrade-waits': {
    code: 'configuration',
    says: ({ holder }: { holder: string }) =>
      `this version must upgrade the database, but servers of an earlier version run on it${holder === '' ? '' : `: ${holder}`}`,
    remedy: 'Stop all servers, start one with this version, then the others.',
  },
  'bundles-elsewhere': {
    code: 'configuration',
    says: ({ holder }: { holder: string }) =>
      `servers that keep bundles in another place run on this database${holder === '' ? '' : `: ${holder}`}`,
    remedy:
      'Give all servers the same object store (BUNDLE_STORE=s3://…), or stop the others first: bundles in DATA_DIR are for one server alone.',
  },
  'database-upgrade-blocked': {
    code: 'unavailable',
    says: () => 'this version must upgrade the database, but its tables are in use, for example by a backup',
    remedy: 'Retry when the backup has ended.',
  },
  'database-pooler': {
    code: 'configuration',
    says: () => 'the connection pooler in front of the database is in transaction mode',
    remedy: 'Set DATABASE_DIRECT_URL to the address of PostgreSQL itself, or set the pooler to session mode.',
  },
  'database-upgraded': {
    code: 'unavailable',
    says: () => 'a newer version of the server has upgraded the database',
    remedy: 'Update this server to the same version.',
  },
  'leadership-lost': {
    code: 'unavailable',
    says: () => 'another server leads now, and this one has saved nothing',
  },
  'database-beside-another': {
    code: 'configuration',
    says: ({ file }: { file: string }) =>
      `DATABASE_URL is set, but the data folder has a database of its own: ${file}`,
    remedy: 'Unset DATABASE_URL to continue with that database, or use an empty DATA_DIR.',
  },
  'archive-of-bundle-store': {
    code: 'configuration',
    says: () => 'an archive cannot include bundles that are in an object store',
    remedy: 'Use --bundles reference, and copy or version the bucket with the tools of the object store.',
  },
  'database-lost-at-commit': {
    code: 'unavailable',
    says: () => 'the connection to the database was lost while a change was being saved',
    remedy: 'Check whether the change was saved before you repeat it.',
  },
  'bundle-store-away': {
    code: 'unavailable',
    says: ({ why }: { why: string }) => `the object store cannot be reached (${why})`,
    remedy: 'Check that it is running and that this machine can reach it (BUNDLE_STORE, S3_ENDPOINT).',
  },
  'bundle-store-refuses': {
    code: 'unavailable',
    says: ({ why }: { why: string }) => `the object store refuses the request (${why})`,
    remedy:
      'Check the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), what they may do in the bucket, and S3_REGION.',
  },
  'bundle-store-host': {
    code: 'unavailable',
    says: ({ host }: { host: string }) => `the host of the object store is unknown: ${host}`,
    remedy: 'Correct S3_ENDPOINT or S3_REGION, or check the name servers of this machine.',
  },
  'bundle-store-not-s3': {
    code: 'unavailable',
    says: ({ why }: { why: string }) => `the server at S3_ENDPOINT does not speak S3 (${why})`,
    remedy: 'Check the scheme, host and port of S3_ENDPOINT.',
  },
  'bundle-store-certificate': {
    code: 'unavailable',
    says: ({ why }: { why: string }) => `the certificate of the object store cannot be verified (${why})`,
    remedy: 'Set S3_CA to a file with the CA that issued it, and check the host in S3_ENDPOINT.',
  },
  'bundle-store-ca': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `S3_CA has no certificate, or cannot be read: ${file}`,
    remedy: 'Name a PEM file with the CA that issued the certificate of the object store.',
  },
  'bundle-store-wrong': {
    code: 'unavailable',
    says: ({ names }: { names: readonly string[] }) =>
      `the object store returned wrong bytes of ${names.join(', ')}`,
    remedy: 'Upload the same files again, which replaces the objects, and check who can write to the bucket.',
  },
  'bundle-store-clock': {
    code: 'unavailable',
    says: () => 'the clocks of this machine and of the object store differ by more than 15 minutes',
    remedy: 'Set the clock of this machine.',
  },
  'bundle-store-bucket': {
    code: 'unavailable',
    says: () => 'the object store has no such bucket',
    remedy: 'Create the bucket that BUNDLE_STORE names, or correct the name.',
  },
  'bundle-store-full': {
    code: 'storage-full',
    says: ({ why }: { why: string }) => `the object store accepts no more data (${why})`,
    remedy: 'Raise its quota, or delete bundles that no device needs.',
  },
  'bundle-store-keys': {
    code: 'unavailable',
    says: ({ file }: { file: string | null }) =>
      file === null
        ? 'there are no credentials for the object store'
        : `${file} has no credentials for the object store, or cannot be read`,
    remedy:
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put them into that file under the profile in use.',
  },
  'bundle-cache-small': {
    code: 'storage-full',
    says: () => 'the cache of the object store has no room for the whole bundle',
    remedy: 'Raise BUNDLE_CACHE_SIZE, or free space on the disk of BUNDLE_CACHE_DIR.',
  },
  'bundle-still-arriving': {
    code: 'unavailable',
    says: () => 'the bundle is still being fetched from the object store and verified',
    remedy: 'Try again in a moment.',
  },
  'database-emptied': {
    code: 'configuration',
    says: ({ file }: { file: string }) =>
      `${file} is missing or empty, but database.marker beside it shows that a server has run here`,
    remedy:
      'Restore the newest backup: rauc-simple-server restore ARCHIVE --force. To start with an empty database instead, move database.marker away: bundles are kept, but releases, devices, tokens and the journal are lost.',
  },
  'write-not-on-disk': {
    code: 'unavailable',
    says: ({ why }: { why: string }) => `cannot save changes to disk: ${why}`,
    remedy: 'Check the disk. Once the server is running again, check whether the change was saved.',
  },
  'database-of-newer-version': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} was written by a newer version of this server`,
    remedy: 'Start that version, or restore a backup made before the upgrade.',
  },
  'not-a-database': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `${file} is damaged or not a database`,
    remedy: 'Remove its -wal file and restore it from a backup.',
  },
  'database-unusable': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `cannot open ${file}`,
    remedy: 'Make sure that the data folder belongs to the user that runs the server.',
  },
  'lock-file-unusable': {
    code: 'configuration',
    says: ({ file }: { file: string }) => `cannot open ${file}`,
    remedy: 'Make sure that the data folder (DATA_DIR) belongs to the user that runs the server.',
  },
  'installation-numbers-used-up': {
    code: 'unavailable',
    says: () => 'no installation numbers are left',
  },
  'data-folder-unusable': {
    code: 'configuration',
    says: ({ dataDir }: { dataDir: string }) => `cannot use the data folder ${dataDir}`,
    remedy: 'Make sure that the data folder (DATA_DIR) belongs to the user that runs the server.',
  },
} satisfies Reasons;
