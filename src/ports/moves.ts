import type { S3Address } from '../core/s3-address';

/** Where an installation stores its data, apart from its certificates. */
export interface InstallationPlace {
  readonly dataDir: string;
  /** `postgres://…`, with its password; `null` for SQLite in the data folder. */
  readonly databaseUrl: string | null;
  /** `null` for files in the data folder. */
  readonly bundleStore: S3Address | null;
}

export interface MoveRequest {
  readonly from: InstallationPlace;
  readonly to: InstallationPlace;
  /** Called with how many bytes of all bundles have arrived, and once more before the rows are copied. */
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

export interface Moved {
  readonly tables: number;
  readonly rows: number;
  readonly bundles: number;
  /** How many bundles were copied because the target did not have them yet. */
  readonly copiedBundles: number;
  readonly copiedBytes: number;
}
