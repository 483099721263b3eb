import type { Fleet } from '../../../src/ports/fleet';
import { createAskedNameRecords } from '../../../src/store/postgres/asked-name-records';
import { createBundleUses } from '../../../src/store/postgres/bundle-uses';
import { createCatalogRecords } from '../../../src/store/postgres/catalog/catalog-records';
import { connectionOptions } from '../../../src/store/postgres/connection-options';
import {
  type Database,
  openDatabase,
  type Reader,
  type ReadOptions,
} from '../../../src/store/postgres/database';
import { createDeviceRecords } from '../../../src/store/postgres/device-records';
import { createDeviceTokenRecords } from '../../../src/store/postgres/device-token-records';
import { saveContact, saveInstallations } from '../../../src/store/postgres/device-writes';
import { createDismissalRecords } from '../../../src/store/postgres/dismissal-records';
import { createDraftRecords } from '../../../src/store/postgres/draft-records';
import { createFleetCounts } from '../../../src/store/postgres/fleet-counts';
import { createFleetListing } from '../../../src/store/postgres/fleet-listing';
import { createHawkbitSettingRecords } from '../../../src/store/postgres/hawkbit-setting-records';
import { createHistoryRecords } from '../../../src/store/postgres/history-records';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { openClient } from '../../../src/store/postgres/open-client';
import type { Query } from '../../../src/store/postgres/queries';
import { createMarkerRecords } from '../../../src/store/postgres/marker-records';
import { createReleaseResults } from '../../../src/store/postgres/release-results';
import { createRestoreRecords } from '../../../src/store/postgres/restore-records';
import { createSessionRecords } from '../../../src/store/postgres/session-records';
import { createTokenRecords } from '../../../src/store/postgres/token-records';
import { createRetentionRecords, createUpTimeRecords } from '../../../src/store/postgres/up-time-records';
import { createWebhookDeliveries } from '../../../src/store/postgres/webhook-deliveries';
import { createWebhookRecords } from '../../../src/store/postgres/webhook-records';
import type { Work } from '../../../src/store/postgres/writer';
import { postgresFleet } from '../../support/postgres-fleet';
import type { Postgres } from '../../support/postgres';
import type { ContractAdapter, MakeAdapter } from './adapter';

/** A real database whose changes fail and hang when they are told to. */
class FaultyDatabase implements Database {
  #stepsLeft = Infinity;
  #gate = Promise.resolve();

  constructor(private readonly database: Database) {}

  failAt(step: number): void {
    this.#stepsLeft = step;
  }

  hang(): () => void {
    let release: () => void = () => undefined;
    this.#gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  all<Row>(query: Query<Row>): Promise<Row[]> {
    return this.database.all(query);
  }

  readTogether<Result>(work: (reader: Reader) => Promise<Result>, options?: ReadOptions): Promise<Result> {
    return this.database.readTogether(work, options);
  }

  whileLocked<Result>(lock: Query<unknown>, work: (reader: Reader) => Promise<Result>): Promise<Result> {
    return this.database.whileLocked(lock, work);
  }

  async transact<Result>(work: Work<Result>): Promise<Result> {
    await this.#gate;
    return this.database.transact(async (transaction) => {
      const result = await work({
        all: (query) => {
          this.#step();
          return transaction.all(query);
        },
        afterCommit: (callback) => transaction.afterCommit(callback),
        shareNoCommit: () => transaction.shareNoCommit(),
      });
      this.#step();
      return result;
    });
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** In the words of PostgreSQL. */
  #step(): void {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft === 0)
      throw Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' });
  }
}

async function open(url: string) {
  const database = new FaultyDatabase(await openDatabase(url, { maxReading: 3 }));
  const journal = new PostgresJournal(database);
  const watching = { connect: () => openClient(connectionOptions(url)) };
  const store = {
    catalog: createCatalogRecords(database, journal, watching),
    results: createReleaseResults(database),
    uses: createBundleUses(database),
    counts: createFleetCounts(database),
    listing: createFleetListing(database),
    devices: createDeviceRecords(database),
    restores: createRestoreRecords(database),
    tokens: createTokenRecords(database, journal),
    sessions: createSessionRecords(database, journal),
    deviceTokens: createDeviceTokenRecords(database, journal),
    webhooks: createWebhookRecords(database, journal),
    deliveries: createWebhookDeliveries(database, journal),
    dismissals: createDismissalRecords(database, journal),
    askedNames: createAskedNameRecords(database),
    drafts: createDraftRecords(database, journal),
    hawkbitSettings: createHawkbitSettingRecords(database, journal, watching),
    history: createHistoryRecords(database),
    upTime: createUpTimeRecords(database),
    retention: createRetentionRecords(database),
    markers: createMarkerRecords(database),
    journal,
  };
  const openFleet = (): Fleet => postgresFleet(database, journal);
  return { database, store, openFleet };
}

/** All adapters have the same database, one after the other. */
export function postgresAdapters(postgres: () => Postgres): MakeAdapter {
  const name = 'contract';
  let migrated: Promise<string> | undefined;
  const migrate = async () => {
    const url = await postgres().create(name);
    await (await openDatabase(url)).close();
    return url;
  };
  return async () => {
    const url = await (migrated ??= migrate());
    await postgres().empty(name);
    return makeAdapter(url);
  };
}

async function makeAdapter(url: string): Promise<ContractAdapter> {
  let opened = await open(url);
  let fleet: Fleet | undefined;
  const others: (typeof opened)[] = [];
  const fleets: Fleet[] = [];
  const openFleet = (of: typeof opened) => {
    const made = of.openFleet();
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
    fleet: () => Promise.resolve((fleet ??= openFleet(opened))),
    put({ device, installations = [] }) {
      return opened.database.transact(async (transaction) => {
        if (device !== undefined) await saveContact(transaction, device);
        await saveInstallations(transaction, installations);
      });
    },
    async beside() {
      const other = await open(url);
      others.push(other);
      return openFleet(other);
    },
    failAt: (step) => opened.database.failAt(step),
    hang: () => opened.database.hang(),
    async reopen() {
      await closeFleets();
      await opened.database.close();
      opened = await open(url);
    },
    async close() {
      await closeFleets();
      for (const { database } of [opened, ...others]) await database.close();
    },
  };
}
