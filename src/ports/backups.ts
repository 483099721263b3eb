import type { BackupContents } from '../core/backup';

export interface BackupRequest {
  readonly dataDir: string;
  /** The address of a PostgreSQL database; `null` for the one in the data folder. */
  readonly databaseUrl: string | null;
  /** `null` leaves certificates out. */
  readonly certsDir: string | null;
  /** Where archives are kept. */
  readonly folder: string;
  /** Encrypts the certificates; `null` leaves them readable. */
  readonly passphrase: string | null;
  /** Whether the archive contains the bytes of bundles, or only lists them. */
  readonly hasBundles: boolean;
  /** How many archives stay in the folder, 1 or more; `null` for all. */
  readonly keep: number | null;
}

export interface MadeBackup {
  readonly file: string;
  readonly sizeBytes: number;
  readonly contents: BackupContents;
  /** Names of the archives removed because there were more than `keep`. */
  readonly removed: readonly string[];
}

export interface RestoreRequest {
  readonly archive: string;
  readonly dataDir: string;
  /** The address of a PostgreSQL database, which must be empty; `null` for the one in the data folder. */
  readonly databaseUrl: string | null;
  readonly certsDir: string;
  readonly passphrase: string | null;
  /** Replaces an existing database, which is kept next to the new one. */
  readonly isForced: boolean;
}

export interface RestoredBackup {
  readonly contents: BackupContents;
  /** The new name of the database that was there before; `null` when there was none. */
  readonly keptDatabase: string | null;
  /** Whether certificates were restored. Existing ones are never replaced. */
  readonly hasCertificates: boolean;
  /** Bundles that the database names but that were not found anywhere. */
  readonly missingBundles: readonly string[];
}

/** Archives of whole installations. */
export interface Backups {
  /**
   * Makes an archive, whether or not a server is running, and tests it by restoring it into a scratch folder. Only then does the
   * archive get its name, and older ones are removed.
   * @throws DomainError `not-found` without a database, `conflict`, `bundle-broken`, `storage-full`, `unavailable`
   */
  make(request: BackupRequest): Promise<MadeBackup>;
  /**
   * Restores an installation while no server runs on it. The next server to start there pauses every rollout before it offers
   * anything.
   * @throws DomainError `configuration` while a server runs, `conflict` when there is a database, `invalid-input` for a file that
   * is damaged or not an archive, `forbidden` for the wrong passphrase, `not-found`, `storage-full`
   */
  restore(request: RestoreRequest): Promise<RestoredBackup>;
}
