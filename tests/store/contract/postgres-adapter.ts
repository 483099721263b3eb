import { createAskedNameRecords } from '../../../src/store/postgres/asked-name-records';
import { type Database, openDatabase, type Reader } from '../../../src/store/postgres/database';
import { createDeviceTokenRecords } from '../../../src/store/postgres/device-token-records';
import { createDismissalRecords } from '../../../src/store/postgres/dismissal-records';
import { createHistoryRecords } from '../../../src/store/postgres/history-records';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import type { Query } from '../../../src/store/postgres/queries';
import { createSessionRecords } from '../../../src/store/postgres/session-records';
import { createTokenRecords } from '../../../src/store/postgres/token-records';
import type { Work } from '../../../src/store/postgres/writer';
import type { Postgres } from '../../support/postgres';
import type { MakeAdapter } from './adapter';

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

  all<Row>(query: Query<Row>): Promise<Row[]> {
    return this.database.all(query);
  }

  readTogether<Result>(work: (reader: Reader) => Promise<Result>): Promise<Result> {
    return this.database.readTogether(work);
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
  const database = new FaultyDatabase(await openDatabase(url, { maxConnections: 4 }));
  const journal = new PostgresJournal(database);
  const store = {
    tokens: createTokenRecords(database, journal),
    sessions: createSessionRecords(database, journal),
    deviceTokens: createDeviceTokenRecords(database, journal),
    dismissals: createDismissalRecords(database, journal),
    askedNames: createAskedNameRecords(database),
    history: createHistoryRecords(database),
    journal,
  };
  return { database, store };
}

/** The name of the database that all others are copied from: copying is faster than migrating. */
const template = 'migrated';

/** Each adapter has a database of its own. */
export function postgresAdapters(postgres: () => Postgres): MakeAdapter {
  let made = 0;
  let migrated: Promise<void> | undefined;
  const migrateTemplate = async () => {
    const database = await openDatabase(await postgres().create(template));
    await database.close();
  };
  return async () => {
    await (migrated ??= migrateTemplate());
    made += 1;
    const url = await postgres().create(`contract_${made}`, template);
    let opened = await open(url);
    return {
      get store() {
        return opened.store;
      },
      failAt: (step: number) => opened.database.failAt(step),
      hang: () => opened.database.hang(),
      async reopen() {
        await opened.database.close();
        opened = await open(url);
      },
      async close() {
        await opened.database.close();
      },
    } as never;
  };
}
