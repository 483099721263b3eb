import type { Why } from '../core/reasons/why';
import type { FolderFinding } from '../core/certificate';
import type { AskedName } from './asked-names';
import type { OpenBytes } from './bundle-storage';
import type { StorageUsage } from './data-folder';

/** A bundle in the database, and the name of its file. */
export interface InstalledBundle {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What the database of an installation says, read without changing it. */
export type DatabaseCondition =
  | { readonly kind: 'missing'; readonly file: string }
  | { readonly kind: 'unreadable'; readonly file: string; readonly message: Why; readonly remedy: Why }
  | ReadDatabase;

export interface ReadDatabase {
  readonly kind: 'read';
  readonly file: string;
  /** How many migrations were applied to it. */
  readonly schema: number;
  /** How many of them a program must have to work on it. */
  readonly oldest: number;
  /** What SQLite's own check reports; at most ten lines. */
  readonly damage: readonly string[];
  readonly bundles: readonly InstalledBundle[];
  /** When the last line of the journal was written; `null` when it is empty. */
  readonly lastEventAt: Date | null;
  readonly askedNames: readonly AskedName[];
}

/** The data folder as it is on disk, whether or not a server is running. Nothing here writes. */
export interface InstalledData {
  /** How many migrations this program has. */
  readonly knownSchema: number;
  /** @param isQuick skips what takes long in a large database: checking indexes against their tables */
  readDatabase(isQuick: boolean): Promise<DatabaseCondition>;
  /** Only the bundles, as they are now. */
  listBundles(): Promise<readonly InstalledBundle[]>;
  /** Files of the bundle folder, without unfinished uploads. */
  listFiles(): Promise<readonly string[]>;
  /** @returns `undefined` when there is no such file */
  openBundle(bundle: Pick<InstalledBundle, 'name' | 'sha256'>): Promise<OpenBytes | undefined>;
  /** Where the bytes of a bundle should be, for people: a path, or the address of an object. */
  bundlePlace(bundle: Pick<InstalledBundle, 'name' | 'sha256'>): string;
  /** Checks links, owners and modes. */
  inspectModes(): Promise<readonly FolderFinding[]>;
  /** @returns `undefined` when there is no such folder */
  measureStorage(): Promise<StorageUsage | undefined>;
}
