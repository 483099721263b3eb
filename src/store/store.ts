import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { replaceFile } from '../base/files/replace-file';
import { DomainError } from '../core/errors';
import type { FleetListing } from '../ports/fleet-queries';
import type { HistoryRecords } from '../ports/history';
import type { JournalRecords } from '../ports/journal';
import type { FleetCounts } from '../ports/fleet-counts';
import type { AskedNameRecords } from '../ports/asked-names';
import type { DismissalRecords } from '../ports/dismissals';
import type { WebhookRecords } from '../ports/webhooks';
import { type BundleFiles, createBundleFiles } from './files/bundle-files';
import { createAskedNameRecords } from './sqlite/asked-name-records';
import { createBundleUses } from './sqlite/bundle-uses';
import { type CatalogRecords, createCatalogRecords } from './sqlite/catalog-records';
import { type Database, openDatabase, type Upgrade } from './sqlite/database';
import { createDatabaseMarker, type DatabaseMarker } from './files/database-marker';
import { createDismissalRecords } from './sqlite/dismissal-records';
import { createLegacyFiles, type LegacyFiles } from './files/legacy-files';
import { lockDataDir } from './files/lock-data-dir';
import { createFleetCounts } from './sqlite/fleet-counts';
import { createFleetListing } from './sqlite/fleet-listing';
import { createFleetRecords, type FleetRecords } from './sqlite/fleet-records';
import { createHistoryRecords } from './sqlite/history-records';
import { createJournalRecords } from './sqlite/journal-records';
import { createMarkerRecords, type MarkerRecords } from './sqlite/marker-records';
import { createReleaseResults } from './sqlite/release-results';
import { createRestoreRecords, type RestoreRecords } from './sqlite/restore-records';
import { createSessionRecords, type SessionRecords } from './sqlite/session-records';
import { storing } from './storage-error';
import { refuseLinks } from './refuse-links';
import { measureStorage } from './files/storage-usage';
import { createWebhookRecords } from './sqlite/webhook-records';
import { createTokenRecords, type TokenRecords } from './sqlite/token-records';

/** Everything that lasts, for the one server of a data folder. */
export interface Store {
  readonly records: CatalogRecords;
  readonly fleet: FleetRecords & FleetListing & ReturnType<typeof createBundleUses>;
  readonly counts: FleetCounts;
  readonly history: HistoryRecords;
  readonly journal: JournalRecords;
  readonly webhooks: WebhookRecords;
  readonly results: ReturnType<typeof createReleaseResults>;
  readonly markers: MarkerRecords;
  readonly restores: RestoreRecords;
  readonly databaseMarker: DatabaseMarker;
  readonly dismissals: DismissalRecords;
  readonly askedNames: AskedNameRecords;
  readonly tokens: TokenRecords;
  readonly sessions: SessionRecords;
  readonly files: BundleFiles;
  readonly legacy: LegacyFiles;
  /** Replaces `manifest.json` atomically. */
  readonly writeManifestFile: (text: string) => Promise<void>;
  /** What the folder takes, and what is left for it. */
  readonly measureStorage: () => Promise<{ readonly databaseBytes: number; readonly freeBytes: number }>;
  readonly sqliteVersion: string;
  /** Closes the database and lets another server have the folder. */
  close(): void;
}

export interface StoreOptions {
  /** Names for uploads on their way, each used once. */
  readonly newName: () => string;
  /** This process, told to a second server that is refused. */
  readonly pid: number;
  /** Told before an older database is brought up to date. */
  readonly onUpgrade?: (upgrade: Upgrade) => void;
  /** Told of what goes wrong where nobody waits for it, such as a listener of the journal that throws. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Opens a data folder for the server: alone on it, with the database up to date and no leftovers of uploads.
 * @throws DomainError `configuration` when another server runs on it or it can't be used
 */
export async function openStore(dataDir: string, options: StoreOptions): Promise<Store> {
  const { newName, pid, ...reactions } = options;
  prepareFolder(dataDir);
  const lock = lockDataDir(dataDir, pid);
  try {
    const database = openDatabase(dataDir, reactions);
    try {
      const files = createBundleFiles(path.join(dataDir, 'bundles'), newName);
      await files.cleanIncoming();
      const journal = createJournalRecords(database);
      return {
        records: createCatalogRecords(database, journal),
        fleet: {
          ...createFleetRecords(database, journal),
          ...createFleetListing(database),
          ...createBundleUses(database),
        },
        counts: createFleetCounts(database),
        history: createHistoryRecords(database),
        journal,
        webhooks: createWebhookRecords(database, journal),
        results: createReleaseResults(database),
        markers: createMarkerRecords(database),
        restores: createRestoreRecords(database),
        databaseMarker: createDatabaseMarker(dataDir),
        dismissals: createDismissalRecords(database, journal),
        askedNames: createAskedNameRecords(database),
        tokens: createTokenRecords(database, journal),
        sessions: createSessionRecords(database),
        files,
        legacy: createLegacyFiles(dataDir),
        writeManifestFile: (text) =>
          storing(() => replaceFile(path.join(dataDir, 'manifest.json'), text, { mode: 0o600 })),
        sqliteVersion: versionOf(database),
        measureStorage: () => measureStorage(dataDir),
        close() {
          database.close();
          lock.release();
        },
      };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Opens the tokens alone, also while a server runs on the folder. @throws DomainError `configuration` */
export function openTokenStore(dataDir: string): {
  readonly tokens: TokenRecords;
  readonly journal: JournalRecords;
  close(): void;
} {
  const database = openDatabase(dataDir);
  const journal = createJournalRecords(database);
  return {
    tokens: createTokenRecords(database, journal),
    journal,
    close: () => database.close(),
  };
}

function versionOf(database: Database): string {
  const select = sql<{ readonly version: string }>`SELECT sqlite_version() AS version`;
  return database.all(select.compile(database.query))[0]?.version ?? 'unknown';
}

function prepareFolder(dataDir: string): void {
  try {
    refuseLinks(dataDir);
    mkdirSync(path.join(dataDir, 'bundles'), { recursive: true, mode: 0o700 });
    chmodSync(dataDir, 0o700);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('configuration', `the data folder ${dataDir} can't be used`, {
      cause: error,
      remedy: 'Give the user that runs the server a data folder that it owns (DATA_DIR).',
    });
  }
}
