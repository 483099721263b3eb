import { existsSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import type { ClientConfig } from 'pg';
import { DomainError } from '../core/errors';
import type { TokenRecords } from '../ports/access';
import type { InstalledData } from '../ports/installed-data';
import type { SharedCertificates } from '../ports/issuance';
import type { DatabaseVersion } from '../ports/store';
import type { OpenBundlesElsewhere } from './bundles-elsewhere';
import { openDataFolder } from './data-folder';
import type { UploadThreadOptions } from './files/upload-worker';
import { createAskedNameRecords } from './postgres/asked-name-records';
import { createBundleUses } from './postgres/bundle-uses';
import { createCatalogRecords } from './postgres/catalog/catalog-records';
import { connectionOptions } from './postgres/connection-options';
import { type Database, openDatabase, usingDatabase, type Reader } from './postgres/database';
import { createDeviceRecords } from './postgres/device-records';
import { createDeviceTokenRecords } from './postgres/device-token-records';
import { createDismissalRecords } from './postgres/dismissal-records';
import { createDraftRecords } from './postgres/draft-records';
import { PostgresFleet } from './postgres/fleet/fleet';
import { createFleetCounts } from './postgres/fleet-counts';
import { createFleetListing } from './postgres/fleet-listing';
import { createHawkbitSettingRecords } from './postgres/hawkbit-setting-records';
import { createHistoryRecords } from './postgres/history-records';
import { PostgresJournal } from './postgres/journal-records';
import { Membership } from './postgres/nodes/membership';
import { listNodes, type ThisNode } from './postgres/nodes/node-rows';
import { createIssuanceRecords, createSharedIssuance } from './postgres/issuance-records';
import { createMarkerRecords } from './postgres/marker-records';
import { openClient } from './postgres/open-client';
import { query } from './postgres/queries';
import { bundlesOf, deletedHashes, knownSchema, readBundles, readCondition } from './postgres/read-condition';
import { createReleaseResults } from './postgres/release-results';
import { createRestoreRecords } from './postgres/restore-records';
import { createRevocationRecords, createSharedRevocations } from './postgres/revocation-records';
import { createSessionRecords } from './postgres/session-records';
import { createSharedBundles } from './postgres/shared-bundles';
import { createSharedDigests } from './postgres/shared-digests';
import { createTokenRecords } from './postgres/token-records';
import { createRetentionRecords, createUpTimeRecords } from './postgres/up-time-records';
import { createWebhookDeliveries } from './postgres/webhook-deliveries';
import { createWebhookRecords } from './postgres/webhook-records';
import { createWritability, DatabaseHealth } from './postgres/writability';
import type { UpTimeRecords } from '../ports/up-time';
import { openInstalledData } from './installed-data';
import type { ServerStore } from './store';

export interface PostgresStoreOptions {
  /** The address without a pooler, if there is one; default: the same. */
  readonly directUrl?: string | null;
  /** Makes names for uploads in progress; each is used once. */
  readonly newName: () => string;
  /** This process, whose id is shown to a second server on the same folder. */
  readonly pid: number;
  /** This server among those on the database. */
  readonly node: ThisNode;
  /** How long to wait for a process that has the database for itself, in milliseconds; default: 5 seconds. */
  readonly patienceMs?: number;
  /** Called once when a newer version has upgraded the database, and this server goes on. */
  readonly onAhead?: () => void;
  /** Called when a newer version has upgraded the database, and this server must end. */
  readonly onOutdated: (error: DomainError) => void;
  /** Called with failures that no one waits for, such as a journal listener that throws. */
  readonly onError?: (error: unknown) => void;
  readonly uploadThreads?: UploadThreadOptions;
  /** Opens bundles that are not in the data folder. */
  readonly openBundles?: OpenBundlesElsewhere | undefined;
  /** The address of bundles that all servers share; default: they are in the data folder. */
  readonly bundleStore?: string | null;
}

/**
 * Opens a PostgreSQL database for a server, with its tables up to date, and a data folder for the bundles.
 * @param url see {@link connectionOptions}
 * @throws DomainError `configuration` when another server runs on the folder, or one of them cannot be used; `storage-full`, `unavailable`
 */
export async function openPostgresStore(
  url: string,
  dataDir: string,
  options: PostgresStoreOptions,
): Promise<ServerStore> {
  const { newName, pid, uploadThreads, openBundles, node, patienceMs = 5_000, onError } = options;
  const { directUrl = null, bundleStore = null, onAhead, onOutdated } = options;
  const connection = connectionOptions(directUrl ?? url);
  refuseEmbedded(dataDir);
  const folder = await openDataFolder(dataDir, pid);
  const health = new DatabaseHealth();
  const bundles = {
    id: bundleStore ?? (await folder.bundleFolderId(node.id)),
    isShared: bundleStore !== null,
  };
  const membership = new Membership({
    connection,
    node,
    bundles,
    patienceMs,
    onInterrupted: (error) => health.readFailed(error),
    ...(onAhead === undefined ? {} : { onAhead }),
    onOutdated,
  });
  let database: Database | undefined;
  try {
    const keepsPrepared = directUrl === null; // otherwise the pooler assigns connections by transaction
    const handling = onError === undefined ? {} : { onError };
    database = await openDatabase(url, { membership, health, keepsPrepared, ...handling });
    return await assemble(database);
  } catch (error) {
    await database?.close();
    await membership.leave();
    folder.release();
    throw error;
  }

  async function assemble(database: Database): Promise<ServerStore> {
    const known = await bundlesOf(database);
    const parts = {
      newName,
      known,
      deleted: () => deletedHashes(database),
      shared: createSharedBundles(database),
      sharedDigests: createSharedDigests(database),
      uploadThreads,
    };
    const { close: closeFiles, ...files } =
      openBundles === undefined ? folder.files(parts) : await folder.filesWith(openBundles, parts);
    const journal = new PostgresJournal(database);
    return {
      ...files,
      ...recordsOf(database, journal, connection),
      upTime: savedWhile(() => membership.lease.isLeader(), createUpTimeRecords(database)),
      openFleet: (of) => Promise.resolve(new PostgresFleet({ ...of, database, journal })),
      database: await versionOf(database),
      nodes: {
        isLeader: () => membership.lease.isLeader(),
        lead: (work) => membership.lease.lead(work),
        report: (catalogVersion) => membership.report(catalogVersion),
        list: () => listNodes(database, node),
      },
      writability: createWritability(health, () => touch(database)),
      settle: () => Promise.resolve(),
      async close() {
        closeFiles();
        await database.close();
        await membership.leave();
        folder.release();
      },
    };
  }
}

/** Opens only the tokens, even while a server runs on the database. @throws DomainError `configuration`, `unavailable` */
export async function openPostgresTokens(
  url: string,
): Promise<{ readonly tokens: TokenRecords; close(): Promise<void> }> {
  const database = await openDatabase(url, { maxReading: 1 });
  const tokens = createTokenRecords(database, new PostgresJournal(database));
  return { tokens, close: () => database.close() };
}

/** What is known of certificates, even while servers run on the database, which is opened for each use. */
export function openPostgresCertificates(url: string): SharedCertificates {
  const using = <Result>(work: (database: Database) => Promise<Result>) => usingDatabase(url, work);
  return { revocations: createSharedRevocations(using), issuance: createSharedIssuance(using) };
}

/** Reads a database and the folder beside it. Creates, changes and locks nothing. */
export function openPostgresInstalledData(url: string, dataDir: string): InstalledData {
  return {
    ...openInstalledData(dataDir),
    knownSchema,
    readDatabase: () => readCondition(url),
    listBundles: () => readBundles(url),
  };
}

function recordsOf(database: Database, journal: PostgresJournal, connection: ClientConfig) {
  const watching = { connect: () => openClient(connection) };
  return {
    journal,
    catalog: createCatalogRecords(database, journal, watching),
    devices: createDeviceRecords(database),
    listing: createFleetListing(database),
    uses: createBundleUses(database),
    counts: createFleetCounts(database),
    history: createHistoryRecords(database),
    webhooks: createWebhookRecords(database, journal),
    deliveries: createWebhookDeliveries(database, journal),
    results: createReleaseResults(database),
    markers: createMarkerRecords(database),
    restores: createRestoreRecords(database),
    dismissals: createDismissalRecords(database, journal),
    askedNames: createAskedNameRecords(database),
    drafts: createDraftRecords(database, journal),
    hawkbitSettings: createHawkbitSettingRecords(database, journal, watching),
    inheritedRevocations: () => Promise.resolve([]),
    revocations: createRevocationRecords(database, watching),
    inheritedIssuance: () => Promise.resolve([]),
    issuance: createIssuanceRecords(database),
    retention: createRetentionRecords(database),
    tokens: createTokenRecords(database, journal),
    sessions: createSessionRecords(database, journal),
    deviceTokens: createDeviceTokenRecords(database, journal),
  };
}

/** Refuses a folder with an embedded database, whose releases and devices would seem to be lost. */
function refuseEmbedded(dataDir: string): void {
  const file = path.join(dataDir, 'server.db');
  if (existsSync(file)) throw DomainError.of('database-beside-another', { file });
}

async function versionOf(reader: Reader): Promise<DatabaseVersion> {
  const select = sql<{ readonly version: string }>`SELECT current_setting('server_version') AS version`;
  const [row] = await reader.all(select.compile(query));
  return { name: 'PostgreSQL', version: row?.version ?? 'unknown' };
}

/** Writes a row as it is, to find out whether rows can be written. */
function touch(database: Database): Promise<void> {
  return database.transact(async (transaction) => {
    await transaction.all(sql`UPDATE leader SET is_only = is_only`.compile(query));
  });
}

/** Only one of several running servers may save: together they would count the time more than once. */
function savedWhile(isLeader: () => boolean, records: UpTimeRecords): UpTimeRecords {
  return {
    all: () => records.all(),
    save: (spans, removed) => (isLeader() ? records.save(spans, removed) : Promise.resolve()),
  };
}
