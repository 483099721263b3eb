import type { HawkbitSettingRecords } from '../../../src/ports/hawkbit-settings';
import type { Watch } from '../../../src/ports/watch';
import { openHawkbitConfiguration } from '../../../src/services/hawkbit/configuration';
import type { ChangeWatchOptions } from '../../../src/store/postgres/change-watch';
import { connectionOptions } from '../../../src/store/postgres/connection-options';
import { openDatabase } from '../../../src/store/postgres/database';
import { createHawkbitSettingRecords } from '../../../src/store/postgres/hawkbit-setting-records';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { openClient } from '../../../src/store/postgres/open-client';
import { eventually } from '../../support/eventually';
import { madeAt } from '../../support/fleet-factory';
import { type Postgres, startDatabase } from '../../support/postgres';

const name = 'settings';
const never = 3_600_000;
const ann = { name: 'ann', address: null };
const told = { setting: 'pollingTime', value: '00:01:00' };

describe('settings of hawkBit that two servers share', () => {
  let postgres: Postgres;
  let url: string;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    ({ postgres, url } = await startDatabase(name));
  });
  beforeEach(() => postgres.empty(name));
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function open(
    watching: Partial<ChangeWatchOptions> = {},
    change: (records: HawkbitSettingRecords) => Partial<HawkbitSettingRecords> = () => ({}),
  ) {
    const database = await openDatabase(url);
    closing.push(() => database.close());
    const connect = () => openClient(connectionOptions(url));
    const made = createHawkbitSettingRecords(database, new PostgresJournal(database), {
      connect,
      everyMs: never,
      ...watching,
    });
    const records = { ...made, ...change(made) };
    const deviceTokens = { show: () => Promise.reject(new Error('there is none')) };
    const settings = await openHawkbitConfiguration({ records, deviceTokens, now: () => madeAt });
    const watch: Watch = settings.watch();
    closing.push(() => watch.close());
    return settings;
  }
  const listeners = async () =>
    (await postgres.run("SELECT 1 FROM pg_stat_activity WHERE query = 'LISTEN hawkbit_settings'")).length;

  it('count on the other one as soon as PostgreSQL tells it', async () => {
    const [a, b] = [await open(), await open()];
    await eventually(async () => (await listeners()) === 2);
    await a.change({ pollingTimeMs: 60_000 }, told, ann);
    expect(a.current().pollingTimeMs).toBe(60_000);
    await eventually(() => b.current().pollingTimeMs === 60_000);
  });

  it('count on the other one although no notification arrives', async () => {
    const deaf = { connect: () => Promise.reject(new Error('no connection that listens')), everyMs: 20 };
    const [a, b] = [await open(), await open(deaf)];
    await a.change({ pollingTimeMs: 60_000 }, told, ann);
    await eventually(() => b.current().pollingTimeMs === 60_000);
  });

  it('are not set back by what was read before they were changed here', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let releaseNext: () => void = () => undefined;
    const nextGate = new Promise<void>((resolve) => (releaseNext = resolve));
    let loads = 0;
    let isLoaded = false;
    const a = await open({}, (records) => ({
      async load() {
        loads += 1;
        const loaded = await records.load();
        if (loads === 2) {
          isLoaded = true;
          await gate;
        } else if (loads > 2) await nextGate;
        return loaded;
      },
    }));
    await eventually(() => isLoaded); // the first look of the watch
    await a.change({ pollingTimeMs: 60_000 }, told, ann);
    release();
    await eventually(() => loads > 2); // the change's own notification: the earlier look has ended
    expect(a.current().pollingTimeMs).toBe(60_000);
    releaseNext();
  });
});
