import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { makeFolder } from '../base/files/make-folder';
import { replaceFile } from '../base/files/replace-file';
import { DomainError } from '../core/errors';
import type { TokenRecords } from '../ports/access';
import type { JournalRecords } from '../ports/journal';
import type { Store } from '../ports/store';
import { BundleFolder } from './files/bundle-folder';
import type { NamedBytes } from './files/named-bytes';
import { createAskedNameRecords } from './sqlite/asked-name-records';
import { createBundleUses } from './sqlite/bundle-uses';
import { createCatalogRecords } from './sqlite/catalog-records';
import { type Database, openDatabase } from './sqlite/database';
import type { DiskThreadOptions } from './sqlite/disk-worker';
import type { Upgrade } from './sqlite/migrate';
import { createDatabaseMarker } from './files/database-marker';
import { createDismissalRecords } from './sqlite/dismissal-records';
import { createDraftRecords } from './sqlite/draft-records';
import { createHawkbitSettingRecords } from './sqlite/hawkbit-setting-records';
import { createLegacyFiles } from './files/legacy-files';
import { cleanIncoming } from './files/incoming-files';
import type { UploadThreadOptions } from './files/upload-worker';
import { type DataDirLock, lockDataDir } from './files/lock-data-dir';
import { createFleetCounts } from './sqlite/fleet-counts';
import { createFleetListing } from './sqlite/fleet-listing';
import { createDeviceRecords } from './sqlite/device-records';
import { SqliteFleet } from './sqlite/fleet/fleet';
import type { FleetRecords } from './sqlite/fleet/fleet-records';
import { createHistoryRecords } from './sqlite/history-records';
import { SqliteJournal } from './sqlite/journal-records';
import { createMarkerRecords } from './sqlite/marker-records';
import { createReleaseResults } from './sqlite/release-results';
import { createRestoreRecords } from './sqlite/restore-records';
import { createDeviceTokenRecords } from './sqlite/device-token-records';
import { createSessionRecords } from './sqlite/session-records';
import { isUnwritable, storageError, storing } from './storage-error';
import { refuseLinks } from './refuse-links';
import { measureStorage } from './files/storage-usage';
import { createWebhookDeliveries } from './sqlite/webhook-deliveries';
import { createWebhookRecords } from './sqlite/webhook-records';
import { createTokenRecords } from './sqlite/token-records';
import { createRetentionRecords, createUpTimeRecords } from './sqlite/up-time-records';

/** The store of the only server on a data folder. */
export interface OpenStore extends Store {
  /** The records behind the fleet in memory. */
  readonly devices: FleetRecords;
  readonly sqliteVersion: string;
  /** Has what is committed taken into the database by another thread, so that closing does not wait for the disk. */
  settle(): Promise<void>;
  /** Closes the database and lets another server use the folder. */
  close(): void;
}

export interface StoreOptions {
  /** Makes names for uploads in progress; each is used once. */
  readonly newName: () => string;
  /** This process, named to a second server that is refused. */
  readonly pid: number;
  /** Called before an older database is upgraded. */
  readonly onUpgrade?: (upgrade: Upgrade) => void;
  /** Called with failures that no one waits for, such as a journal listener that throws. */
  readonly onError?: (error: unknown) => void;
  /** Lets a thread wait for the disk instead of the event loop. */
  readonly diskThread?: DiskThreadOptions;
  /** The same for uploads; each has its own threads. */
  readonly uploadThreads?: UploadThreadOptions;
}

/**
 * Opens a data folder for the server: exclusively, with the database upgraded and leftovers of uploads removed. While
 * the disk is full or read-only, the existing data is only read.
 * @throws DomainError `configuration` when another server runs on it or it cannot be used; `storage-full`,
 * `unavailable` when there is no database of this version to read
 */
export async function openStore(dataDir: string, options: StoreOptions): Promise<OpenStore> {
  const { newName, pid, uploadThreads, ...reactions } = options;
  await prepareFolder(dataDir);
  let lock: DataDirLock | undefined;
  const beforeWriting = () => {
    lock ??= lockDataDir(dataDir, pid);
  };
  try {
    const folder = path.join(dataDir, 'bundles');
    // Leftovers of uploads go first: they may be what fills the disk.
    await unlessUnwritable(async () => {
      beforeWriting();
      await cleanIncoming(path.join(folder, '.incoming'));
    });
    const database = openDatabase(dataDir, { ...reactions, beforeWriting, mayOnlyRead: true });
    try {
      const bundles = new BundleFolder({ folder, newName, known: storedBundles(database), uploadThreads });
      const journal = new SqliteJournal(database);
      const devices = createDeviceRecords(database, journal);
      return {
        catalog: createCatalogRecords(database, journal),
        devices,
        openFleet: (options) => SqliteFleet.open({ ...options, devices }),
        listing: createFleetListing(database),
        uses: createBundleUses(database),
        counts: createFleetCounts(database),
        history: createHistoryRecords(database),
        journal,
        webhooks: createWebhookRecords(database, journal),
        deliveries: createWebhookDeliveries(database, journal),
        results: createReleaseResults(database),
        markers: createMarkerRecords(database),
        restores: createRestoreRecords(database),
        databaseMarker: createDatabaseMarker(dataDir),
        dismissals: createDismissalRecords(database, journal),
        askedNames: createAskedNameRecords(database),
        drafts: createDraftRecords(database, journal),
        hawkbitSettings: createHawkbitSettingRecords(database, journal),
        upTime: createUpTimeRecords(database),
        retention: createRetentionRecords(database),
        tokens: createTokenRecords(database, journal),
        sessions: createSessionRecords(database, journal),
        deviceTokens: createDeviceTokenRecords(database, journal),
        bundles,
        foundFiles: bundles.found,
        legacy: createLegacyFiles(dataDir),
        writeManifestFile: (text) =>
          storing(() => replaceFile(path.join(dataDir, 'manifest.json'), text, { mode: 0o600 })),
        sqliteVersion: versionOf(database),
        measureStorage: () => measureStorage(dataDir),
        writability: {
          problem: () => database.writeProblem(),
          tryAgain: () => database.tryWriting(),
        },
        settle: () => database.settle(),
        close() {
          void bundles.close();
          try {
            database.close();
          } finally {
            lock?.release();
          }
        },
      };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** Opens only the tokens, even while a server runs on the folder. @throws DomainError `configuration` */
export function openTokenStore(dataDir: string): {
  readonly tokens: TokenRecords;
  readonly journal: JournalRecords;
  close(): void;
} {
  const database = openDatabase(dataDir);
  const journal = new SqliteJournal(database);
  return {
    tokens: createTokenRecords(database, journal),
    journal,
    close: () => database.close(),
  };
}

/** The files in the bundle folder that belong to a bundle. */
function storedBundles(database: Database): readonly NamedBytes[] {
  const stored = database.query.selectFrom('bundles').select(['name', 'sha256', 'size_bytes']);
  return database
    .all(stored.where('deleted_at', 'is', null).orderBy('name'))
    .map(({ name, sha256, size_bytes: sizeBytes }) => ({ name, sha256, sizeBytes }));
}

function versionOf(database: Database): string {
  const select = sql<{ readonly version: string }>`SELECT sqlite_version() AS version`;
  return database.all(select.compile(database.query))[0]?.version ?? 'unknown';
}

async function prepareFolder(dataDir: string): Promise<void> {
  try {
    refuseLinks(dataDir);
    await makeFolder(path.join(dataDir, 'bundles'), 0o700);
    closeToOthers(dataDir);
  } catch (error) {
    const translated = storageError(error);
    if (translated instanceof DomainError) throw translated;
    throw DomainError.of('data-folder-unusable', { dataDir }, { cause: error });
  }
}

/** On a read-only disk the mode stays as it is. */
function closeToOthers(folder: string): void {
  if ((statSync(folder).mode & 0o777) === 0o700) return;
  try {
    chmodSync(folder, 0o700);
  } catch (error) {
    if (!isUnwritable(storageError(error))) throw error;
  }
}

/** What a full or read-only disk prevents here is done at another start. */
async function unlessUnwritable(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isUnwritable(error)) throw error;
  }
}
