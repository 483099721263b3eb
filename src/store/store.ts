import { sql } from 'kysely';
import type { IssuedCertificate, Revocation } from '../core/certificate';
import type { TokenRecords } from '../ports/access';
import type { JournalRecords } from '../ports/journal';
import type { IssuanceRecords } from '../ports/issuance';
import type { RevocationRecords } from '../ports/revocations';
import { onlyNode } from '../ports/nodes';
import type { DatabaseVersion, Store } from '../ports/store';
import type { OpenBundlesElsewhere } from './bundles-elsewhere';
import { openDataFolder } from './data-folder';
import type { NamedBytes } from './files/named-bytes';
import { issuanceColumns, toIssued } from './rows/issuance-rows';
import { toRevocation } from './rows/revocation-rows';
import { createAskedNameRecords } from './sqlite/asked-name-records';
import { createBundleUses } from './sqlite/bundle-uses';
import { createCatalogRecords } from './sqlite/catalog-records';
import { type Database, openDatabase } from './sqlite/database';
import type { DiskThreadOptions } from './sqlite/disk-worker';
import type { Upgrade } from './sqlite/migrate';
import { createDismissalRecords } from './sqlite/dismissal-records';
import { createDraftRecords } from './sqlite/draft-records';
import { createHawkbitSettingRecords } from './sqlite/hawkbit-setting-records';
import type { UploadThreadOptions } from './files/upload-worker';
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
import { createWebhookDeliveries } from './sqlite/webhook-deliveries';
import { createWebhookRecords } from './sqlite/webhook-records';
import { createTokenRecords } from './sqlite/token-records';
import { createRetentionRecords, createUpTimeRecords } from './sqlite/up-time-records';

/** The store of a running server. */
export interface ServerStore extends Store {
  readonly database: DatabaseVersion;
  /** The revocations that servers on the database share; `null` when they are in `certs/`. */
  readonly revocations: RevocationRecords | null;
  /** Revocations that came with the rows of such a database, to be taken into `certs/`. */
  readonly inheritedRevocations: () => Promise<readonly Revocation[]>;
  /** The certificates that servers on the database have issued; `null` when they are in `certs/`. */
  readonly issuance: IssuanceRecords | null;
  /** Certificates that came with the rows of such a database, to be taken into `certs/`. */
  readonly inheritedIssuance: () => Promise<readonly IssuedCertificate[]>;
  /** Lets another thread move everything committed into the database, so that closing does not wait for the disk. */
  settle(): Promise<void>;
  /** Closes the database and lets another server use it. */
  close(): void | Promise<void>;
}

/** The store of the only server on a data folder. */
export interface OpenStore extends ServerStore {
  /** The records behind the fleet in memory. */
  readonly devices: FleetRecords;
  close(): void;
}

export interface StoreOptions {
  /** Makes names for uploads in progress; each is used once. */
  readonly newName: () => string;
  /** This process, whose id is shown to a second server that is refused. */
  readonly pid: number;
  /** Called before an older database is upgraded. */
  readonly onUpgrade?: (upgrade: Upgrade) => void;
  /** Called with failures that no one waits for, such as a journal listener that throws. */
  readonly onError?: (error: unknown) => void;
  /** Lets a thread wait for the disk instead of the event loop. */
  readonly diskThread?: DiskThreadOptions;
  /** The same for uploads; each has its own threads. */
  readonly uploadThreads?: UploadThreadOptions;
  /** Opens bundles that are not in the data folder. */
  readonly openBundles?: OpenBundlesElsewhere | undefined;
}

/**
 * Opens a data folder for the server: exclusively, with the database upgraded and leftovers of uploads removed. While
 * the disk is full or read-only, the existing data is only read.
 * @throws DomainError `configuration` when another server runs on it or it cannot be used; `storage-full`,
 * `unavailable` when there is no database of this version to read
 */
export async function openStore(dataDir: string, options: StoreOptions): Promise<OpenStore> {
  const { newName, pid, uploadThreads, openBundles, ...reactions } = options;
  const folder = await openDataFolder(dataDir, pid);
  try {
    const database = openDatabase(dataDir, {
      ...reactions,
      beforeWriting: () => folder.lock(),
      mayOnlyRead: true,
    });
    try {
      const parts = {
        newName,
        known: storedBundles(database),
        deleted: () => Promise.resolve(deletedHashes(database)),
        uploadThreads,
      };
      const { close: closeFiles, ...files } =
        openBundles === undefined ? folder.files(parts) : await folder.filesWith(openBundles, parts);
      const journal = new SqliteJournal(database);
      const devices = createDeviceRecords(database, journal);
      return {
        ...files,
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
        dismissals: createDismissalRecords(database, journal),
        askedNames: createAskedNameRecords(database),
        drafts: createDraftRecords(database, journal),
        hawkbitSettings: createHawkbitSettingRecords(database, journal),
        upTime: createUpTimeRecords(database),
        retention: createRetentionRecords(database),
        tokens: createTokenRecords(database, journal),
        sessions: createSessionRecords(database, journal),
        deviceTokens: createDeviceTokenRecords(database, journal),
        database: { name: 'SQLite', version: versionOf(database) },
        revocations: null,
        inheritedRevocations: () => inheritedRevocations(database),
        issuance: null,
        inheritedIssuance: () => inheritedIssuance(database),
        writability: {
          problem: () => database.writeProblem(),
          tryAgain: () => database.tryWriting(),
        },
        nodes: onlyNode,
        settle: () => database.settle(),
        close() {
          closeFiles();
          try {
            database.close();
          } finally {
            folder.release();
          }
        },
      };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    folder.release();
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

async function inheritedRevocations(database: Database): Promise<readonly Revocation[]> {
  const select = database.query.selectFrom('revocations').selectAll().orderBy('id');
  return (await database.read(select)).map(toRevocation);
}

async function inheritedIssuance(database: Database): Promise<readonly IssuedCertificate[]> {
  const select = database.query.selectFrom('issued_certificates').select(issuanceColumns).orderBy('id');
  return (await database.read(select)).map(toIssued);
}

/** The files in the bundle folder that belong to a bundle. */
function storedBundles(database: Database): readonly NamedBytes[] {
  const stored = database.query.selectFrom('bundles').select(['name', 'sha256', 'size_bytes']);
  return database
    .all(stored.where('deleted_at', 'is', null).orderBy('name'))
    .map(({ name, sha256, size_bytes: sizeBytes }) => ({ name, sha256, sizeBytes }));
}

function deletedHashes(database: Database): readonly string[] {
  const deleted = database.query.selectFrom('bundles').select('sha256').distinct();
  return database.all(deleted.where('deleted_at', 'is not', null)).map(({ sha256 }) => sha256);
}

function versionOf(database: Database): string {
  const select = sql<{ readonly version: string }>`SELECT sqlite_version() AS version`;
  return database.all(select.compile(database.query))[0]?.version ?? 'unknown';
}
