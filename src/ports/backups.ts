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
  /** Whether the bytes of bundles go in, or only which they are. */
  readonly hasBundles: boolean;
  /** How many archives stay in the folder, 1 or more; `null` for all. */
  readonly keep: number | null;
}

export interface MadeBackup {
  readonly file: string;
  readonly sizeBytes: number;
  readonly contents: BackupContents;
  /** Names of archives that were too many. */
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
  /** What the database that was there is called now; `null` when there was none. */
  readonly keptDatabase: string | null;
  /** Whether certificates were put in place: those that are there stay. */
  readonly hasCertificates: boolean;
  /** Bundles that the database names and that are nowhere. */
  readonly missingBundles: readonly string[];
}

/** Archives of whole installations. */
export interface Backups {
  /**
   * Makes an archive, with a server on the installation or without one, and proves it by restoring it into a scratch folder. Only
   * then it gets its name, and older ones go.
   * @throws DomainError `not-found` without a database, `conflict`, `bundle-broken`, `storage-full`, `unavailable`
   */
  make(request: BackupRequest): Promise<MadeBackup>;
  /**
   * Puts an installation back while no server runs on it. A server that starts on it pauses every rollout before it offers anything.
   * @throws DomainError `configuration` while a server runs, `conflict` when there is a database, `invalid-input` for an archive that
   * is damaged or none, `forbidden` for the wrong passphrase, `not-found`, `storage-full`
   */
  restore(request: RestoreRequest): Promise<RestoredBackup>;
}
