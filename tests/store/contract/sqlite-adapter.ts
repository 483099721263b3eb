import path from 'node:path';
import type { Compilable, CompiledQuery } from 'kysely';
import type { Fleet } from '../../../src/ports/fleet';
import { SqliteFleet } from '../../../src/store/sqlite/fleet/fleet';
import { createAskedNameRecords } from '../../../src/store/sqlite/asked-name-records';
import { createBundleUses } from '../../../src/store/sqlite/bundle-uses';
import { createCatalogRecords } from '../../../src/store/sqlite/catalog-records';
import { type Database, openDatabase } from '../../../src/store/sqlite/database';
import { createDeviceRecords } from '../../../src/store/sqlite/device-records';
import type { DiskThreadOptions } from '../../../src/store/sqlite/disk-worker';
import { createDismissalRecords } from '../../../src/store/sqlite/dismissal-records';
import { createDraftRecords } from '../../../src/store/sqlite/draft-records';
import { createFleetCounts } from '../../../src/store/sqlite/fleet-counts';
import { createFleetListing } from '../../../src/store/sqlite/fleet-listing';
import { createHawkbitSettingRecords } from '../../../src/store/sqlite/hawkbit-setting-records';
import { createHistoryRecords } from '../../../src/store/sqlite/history-records';
import { SqliteJournal } from '../../../src/store/sqlite/journal-records';
import { createMarkerRecords } from '../../../src/store/sqlite/marker-records';
import { createReleaseResults } from '../../../src/store/sqlite/release-results';
import { createRestoreRecords } from '../../../src/store/sqlite/restore-records';
import { createDeviceTokenRecords } from '../../../src/store/sqlite/device-token-records';
import { createSessionRecords } from '../../../src/store/sqlite/session-records';
import { createTokenRecords } from '../../../src/store/sqlite/token-records';
import { createRetentionRecords, createUpTimeRecords } from '../../../src/store/sqlite/up-time-records';
import { createWebhookDeliveries } from '../../../src/store/sqlite/webhook-deliveries';
import { createWebhookRecords } from '../../../src/store/sqlite/webhook-records';
import { hourMs, madeAt } from '../../support/fleet-factory';
import { temporaryFolder } from '../../support/programs';
import type { ContractAdapter, MakeAdapter } from './adapter';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A real database whose changes fail and hang when they are told to. */
class FaultyDatabase implements Database {
  readonly query: Database['query'];
  #stepsLeft = Infinity;
  #gate = Promise.resolve();

  constructor(private readonly database: Database) {
    this.query = database.query;
  }

  failAt(step: number): void {
    this.#stepsLeft = step;
  }

  hang(): () => void {
    let release: () => void = () => undefined;
    this.#gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  all<Row>(query: Compilable<Row> | CompiledQuery<Row>): Row[] {
    this.#step();
    return this.database.all(query);
  }

  read<Row>(query: Compilable<Row> | CompiledQuery<Row>): Promise<Row[]> {
    return this.database.read(query);
  }

  search<Row>(query: Compilable<Row> | CompiledQuery<Row>): Promise<Row[]> {
    return this.database.search(query);
  }

  readTogether<Result>(work: () => Result): Promise<Result> {
    return this.database.readTogether(work);
  }

  async transact<Result>(work: () => Result): Promise<Result> {
    await this.#gate;
    return this.database.transact(() => {
      const result = work();
      this.#step();
      return result;
    });
  }

  settle(): Promise<void> {
    return this.database.settle();
  }

  afterCommit(callback: () => void): void {
    this.database.afterCommit(callback);
  }

  afterSync(callback: () => void): void {
    this.database.afterSync(callback);
  }

  writeProblem(): ReturnType<Database['writeProblem']> {
    return this.database.writeProblem();
  }

  tryWriting(): Promise<void> {
    return this.database.tryWriting();
  }

  close(): void {
    this.database.close();
  }

  #step(): void {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft === 0)
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
  }
}

function open(dataDir: string, diskThread: DiskThreadOptions | undefined) {
  const database = new FaultyDatabase(openDatabase(dataDir, { diskThread }));
  const journal = new SqliteJournal(database);
  const store = {
    tokens: createTokenRecords(database, journal),
    sessions: createSessionRecords(database, journal),
    deviceTokens: createDeviceTokenRecords(database, journal),
    webhooks: createWebhookRecords(database, journal),
    deliveries: createWebhookDeliveries(database, journal),
    dismissals: createDismissalRecords(database, journal),
    askedNames: createAskedNameRecords(database),
    catalog: createCatalogRecords(database, journal),
    results: createReleaseResults(database),
    uses: createBundleUses(database),
    counts: createFleetCounts(database),
    listing: createFleetListing(database),
    devices: createDeviceRecords(database, journal),
    restores: createRestoreRecords(database),
    drafts: createDraftRecords(database, journal),
    hawkbitSettings: createHawkbitSettingRecords(database, journal),
    history: createHistoryRecords(database),
    upTime: createUpTimeRecords(database),
    retention: createRetentionRecords(database),
    markers: createMarkerRecords(database),
    journal,
  };
  return { database, store };
}

/** As commands use it, which wait for the disk themselves. */
export const makeSqliteAdapter: MakeAdapter = () => makeAdapter(undefined);

/** As the server does, with a thread that waits for the disk. */
export const makeThreadedSqliteAdapter: MakeAdapter = () =>
  makeAdapter({ execArgv: ['-r', path.join(__dirname, '../../support/typescript-hook.js')] });

async function makeAdapter(diskThread: DiskThreadOptions | undefined): Promise<ContractAdapter> {
  const dataDir = path.join(await temporaryFolder(), 'data');
  let opened = open(dataDir, diskThread);
  const others: FaultyDatabase[] = [];
  const fleets: Fleet[] = [];
  let fleet: Fleet | undefined;
  const openFleet = async ({ store: { devices } }: typeof opened, releaseIds: readonly number[]) => {
    const clocks = { offerLifetimeMs: hourMs, now: () => madeAt, ageMs: () => 0 };
    const made = await SqliteFleet.open({ devices, releaseIds, log: quiet, ...clocks });
    fleets.push(made);
    return made;
  };
  const closeFleets = async () => {
    for (const open of fleets.splice(0)) await open.close();
    fleet = undefined;
  };
  return {
    get store() {
      return opened.store;
    },
    async fleet(...releaseIds) {
      if (fleet === undefined || releaseIds.length > 0) fleet = await openFleet(opened, releaseIds);
      return fleet;
    },
    put: (rows) => opened.store.devices.write(rows),
    async beside() {
      const other = open(dataDir, diskThread);
      others.push(other.database);
      return openFleet(other, []);
    },
    failAt: (step) => opened.database.failAt(step),
    hang: () => opened.database.hang(),
    async reopen() {
      await closeFleets();
      opened.database.close();
      opened = open(dataDir, diskThread);
    },
    async close() {
      await closeFleets();
      for (const database of [opened.database, ...others]) database.close();
    },
  };
}
