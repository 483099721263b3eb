import { sql } from 'kysely';
import { deviceSorts } from '../../../src/core/device-sort';
import type { DeviceFilter } from '../../../src/ports/fleet-queries';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { matchesFilter } from '../../../src/store/postgres/device-filter';
import { findDevices } from '../../../src/store/postgres/find-devices';
import { createFleetListing } from '../../../src/store/postgres/fleet-listing';
import { query } from '../../../src/store/postgres/queries';
import { sortColumns } from '../../../src/store/rows/device-cursor';
import { type Postgres, startPostgres } from '../../support/postgres';

const page = { sort: 'id', isDescending: false, limit: 3 } as const;

/** Devices with missing values, and with many of the same. They are stored in another order than that of their ids. */
function insertDevices(count: number): string {
  return `
    INSERT INTO devices (id, created_at, last_contact_at, serial, channel, system_version, installation_state, admission)
    SELECT 'dev-' || lpad(n::text, 5, '0'), '2026-01-01T00:00:00.000Z',
      CASE WHEN n % 5 > 0 THEN '2026-01-0' || n % 7 + 1 || 'T00:00:00.000Z' END, 'SN-' || n * 7919,
      CASE n % 4 WHEN 0 THEN 'beta' ELSE 'stable' END, CASE n % 3 WHEN 0 THEN NULL ELSE '1.' || n % 3 END,
      CASE WHEN n % 2 > 0 THEN 'proven' END, 'admitted'
    FROM (SELECT i * 7919 % ${count} AS n FROM generate_series(0, ${count - 1}) AS i) AS numbers;
    ANALYZE`;
}

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});

describe('a list of many devices', () => {
  const count = 16_000;
  let database: Database;
  beforeAll(async () => {
    const url = await postgres.create('many');
    database = await openDatabase(url, { maxReading: 2 });
    await postgres.run(insertDevices(count), 'many');
  });
  afterAll(() => database.close());

  const planOf = async (statement: ReturnType<typeof sql>) => {
    const lines = await database.all(
      sql<{ readonly 'QUERY PLAN': string }>`EXPLAIN ${statement}`.compile(query),
    );
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  };

  const filters: readonly DeviceFilter[] = [
    {},
    { channel: 'stable' },
    { search: 'DEV' },
    { search: 'sn-', isHeld: false },
    { channel: 'beta', search: 'v-0' },
    { search: 'dev-15' },
    { channel: 'beta', state: 'proven', search: 'dev' },
  ];
  const orders = deviceSorts.flatMap((sort) => [false, true].map((isDescending) => ({ sort, isDescending })));

  /** With the lower ones there are more than are counted, and more missing values than are walked. */
  const bounds = [
    { limit: 3_500, counted: 10_000, walked: 25_000 },
    { limit: 1_800, counted: 500, walked: 2_000 },
  ];

  it.each(orders)('has them in pages, each once, for %j', async (order) => {
    const column = sql.ref(sortColumns[order.sort]);
    const inOrder = order.isDescending
      ? sql`${column} DESC NULLS LAST, id DESC`
      : sql`${column} ASC NULLS FIRST, id ASC`;
    for (const filter of filters) {
      const all = sql<{ readonly id: string }>`
        SELECT id FROM devices WHERE ${matchesFilter(filter)} ORDER BY ${inOrder}`;
      const expected = (await database.all(all.compile(query))).map(({ id }) => id);
      for (const { limit, ...bound } of bounds) {
        const countFleet = () => Promise.resolve(count);
        const found: string[] = [];
        for (let cursor; ;) {
          const shown = await findDevices(database, filter, { order, cursor, limit }, countFleet, bound);
          found.push(...shown.found.map(({ id }) => id));
          cursor = shown.found.at(-1);
          if (shown.found.length < limit) break;
        }
        expect(found).toEqual(expected);
      }
    }
  });

  it('says about how many match when many do, and exactly how many when few do', async () => {
    const listing = createFleetListing(database);
    const totalOf = async (filter: DeviceFilter) => {
      const { total, totalIsEstimate } = await listing.list({ ...page, ...filter });
      return { total, totalIsEstimate };
    };
    expect(await totalOf({})).toEqual({ total: count, totalIsEstimate: true });
    expect(await totalOf({ channel: 'beta' })).toEqual({ total: 4_000, totalIsEstimate: false });
    expect(await totalOf({ search: 'DEV-0' })).toEqual({ total: 10_000, totalIsEstimate: false });
    const { total, totalIsEstimate } = await totalOf({ channel: 'stable' });
    expect(totalIsEstimate).toBe(true);
    expect(total).toBeGreaterThan(11_000);
    expect(total).toBeLessThan(13_000);
  });

  it('is read from an index in its order', async () => {
    for (const { sort, isDescending } of orders) {
      const column = sql.ref(sortColumns[sort]);
      const direction = sql.raw(isDescending ? 'DESC' : 'ASC');
      const first = sql`SELECT id FROM devices WHERE ${column} IS NOT NULL
        ORDER BY ${column} ${direction}, id ${direction} LIMIT 3`;
      expect(await planOf(first)).not.toMatch(/Sort|Seq Scan/);
    }
  });

  it('finds few by the trigrams of what is searched', async () => {
    const plan = await planOf(sql`SELECT id FROM devices WHERE ${matchesFilter({ search: 'SN-7919' })}`);
    expect(plan).toContain('device_texts_by_trigram');
    expect(plan).not.toContain('Seq Scan');
  });
});

describe('a search', () => {
  it('reads all texts where the extension may not be created, and finds the same', async () => {
    await postgres.create('plain');
    await postgres.run('CREATE ROLE plain LOGIN; GRANT CREATE ON SCHEMA public TO plain', 'plain');
    const url = postgres.url('plain').replace('postgres@', 'plain@');
    const database = await openDatabase(url, { maxReading: 2 });
    try {
      await postgres.run(insertDevices(30), 'plain');
      const extensions = await postgres.run('SELECT extname FROM pg_extension', 'plain');
      expect(extensions).toEqual([{ extname: 'plpgsql' }]);
      const { devices, total } = await createFleetListing(database).list({ ...page, search: 'V-0001' });
      expect(devices.map(({ device }) => device.id)).toEqual(['dev-00010', 'dev-00011', 'dev-00012']);
      expect(total).toBe(10);
    } finally {
      await database.close();
    }
  });

  it('uses the extension in whatever schema it is', async () => {
    await postgres.create('elsewhere');
    await postgres.run('CREATE SCHEMA "our own"; CREATE EXTENSION pg_trgm SCHEMA "our own"', 'elsewhere');
    await (await openDatabase(postgres.url('elsewhere'))).close();
    const indexes = await postgres.run(
      "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%trigram'",
      'elsewhere',
    );
    expect(indexes).toEqual([{ indexname: 'device_texts_by_trigram' }]);
  });
});
