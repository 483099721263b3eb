import { randomUUID } from 'node:crypto';
import path from 'node:path';
import fc from 'fast-check';
import Sqlite from 'libsql';
import type { Device } from '../../../../src/core/device';
import { deviceSorts } from '../../../../src/core/device-sort';
import type { Installation } from '../../../../src/core/installation';
import { type InstallationState, installationStates } from '../../../../src/core/installation-states';
import type { DeviceFilter, DeviceQuery, ListedDevice } from '../../../../src/ports/fleet-queries';
import { type OpenStore, openStore } from '../../../../src/store/store';
import { deviceOf } from '../../../support/device-factory';
import { installationOf, madeAt } from '../../../support/fleet-factory';
import { temporaryFolder } from '../../../support/programs';

interface Known {
  readonly device: Device;
  readonly installations: readonly Installation[];
}

const page: DeviceQuery = { sort: 'id', isDescending: false, limit: 100 };

async function storeOf(fleet: readonly Known[]): Promise<OpenStore> {
  const store = await openStore(await temporaryFolder(), { newName: randomUUID, pid: process.pid });
  await Promise.all(
    fleet.map(({ device, installations }) => store.devices.write({ device, installations, events: [] })),
  );
  return store;
}

const idsOf = (devices: readonly ListedDevice[]) => devices.map(({ device }) => device.id);

describe('any list of any fleet', () => {
  const one = <T>(...values: readonly T[]) => fc.constantFrom(...values);
  const state = one<InstallationState | null>(null, 'offered', 'proven', 'failed');
  const day = one<Date | null>(null, madeAt, new Date('2026-11-05T00:00:00Z'));
  const known = fc.record({
    id: fc.stringMatching(/^[ab][abAB]{0,3}$/),
    lastContactAt: day,
    systemVersion: one(null, '', '1.0.0', '2.0.0'),
    compatible: one(null, 'board', 'other'),
    channel: one('stable', 'beta'),
    labels: fc.uniqueArray(one('lab', 'old'), { maxLength: 2 }).map((labels) => [...labels].sort()),
    notes: one('', 'a note'),
    isHeld: fc.boolean(),
    admission: one<'admitted' | 'waiting'>('admitted', 'waiting'),
    state,
    releaseId: one(null, 1, 2),
  });
  const fleets = fc.uniqueArray(known, { maxLength: 40, selector: ({ id }) => id });
  const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
  const query = fc.record({
    search: optional(one('a', 'bA', 'note', 'LA', 'zz')),
    compatible: optional(one('board', 'other')),
    channel: optional(one('stable', 'beta')),
    version: optional(one('1.0.0', '2.0.0')),
    label: optional(one('lab', 'old')),
    state: optional(one<InstallationState | 'none'>('none', 'offered', 'proven')),
    isHeld: optional(fc.boolean()),
    isWaiting: optional(fc.boolean()),
    releaseId: optional(one(1, 2)),
    lastContactBefore: optional(one(madeAt, new Date('2026-11-03T00:00:00Z'))),
    sort: fc.constantFrom(...deviceSorts),
    isDescending: fc.boolean(),
    limit: fc.integer({ min: 1, max: 5 }),
  });

  it('in pages is the whole list, each device once, in the order that was asked for', async () => {
    const property = fc.asyncProperty(fleets, fc.array(query, { maxLength: 12 }), async (drawn, queries) => {
      const fleet = drawn.map(toKnown);
      const store = await storeOf(fleet);
      try {
        for (const asked of queries) {
          const wanted = defined(asked);
          const { ids, totals } = await readPages(store, wanted);
          const expected = modelOf(fleet, wanted);
          expect({ wanted, ids }).toEqual({ wanted, ids: expected });
          expect(totals).toEqual(totals.map(() => expected.length));
          expect(await walkAll(store, wanted)).toEqual([...expected].sort());
        }
      } finally {
        store.close();
      }
    });
    await fc.assert(property, { numRuns: 40 });
  });

  type Drawn = typeof known extends fc.Arbitrary<infer T> ? T : never;

  function toKnown(
    { id, systemVersion, compatible, isHeld, state: itsState, releaseId, ...rest }: Drawn,
    at: number,
  ): Known {
    const hold = isHeld ? { reason: '', by: 'local', at: madeAt } : null;
    const device = deviceOf(id, { ...rest, hold, facts: { systemVersion, compatible } });
    return {
      device,
      installations:
        itsState === null ? [] : [installationOf({ id: at + 1, deviceId: id, state: itsState, releaseId })],
    };
  }

  function defined(asked: { [Key in keyof DeviceQuery]: DeviceQuery[Key] | undefined }): DeviceQuery {
    return Object.fromEntries(
      Object.entries(asked).filter(([, value]) => value !== undefined),
    ) as unknown as DeviceQuery;
  }

  async function readPages(store: OpenStore, asked: DeviceQuery) {
    const ids: string[] = [];
    const totals: number[] = [];
    let after: string | null = null;
    do {
      const { devices, next, total } = await store.listing.list(after === null ? asked : { ...asked, after });
      expect(devices.length).toBeLessThanOrEqual(asked.limit);
      ids.push(...idsOf(devices));
      totals.push(total);
      after = next;
    } while (after !== null);
    return { ids, totals };
  }

  /** The same list, the slow and plain way. */
  function modelOf(fleet: readonly Known[], asked: DeviceQuery): readonly string[] {
    const fits = ({ device, installations: [latest] }: Known) => {
      const text = [device.id, device.notes, ...device.labels].join('\n').toLowerCase();
      return [
        asked.search === undefined || text.includes(asked.search.toLowerCase()),
        asked.compatible === undefined || device.facts.compatible === asked.compatible,
        asked.channel === undefined || device.channel === asked.channel,
        asked.version === undefined || device.facts.systemVersion === asked.version,
        asked.label === undefined || device.labels.includes(asked.label),
        asked.state === undefined || (latest?.state ?? 'none') === asked.state,
        asked.isHeld === undefined || (device.hold !== null) === asked.isHeld,
        asked.isWaiting === undefined || (device.admission === 'waiting') === asked.isWaiting,
        asked.releaseId === undefined || latest?.releaseId === asked.releaseId,
        asked.lastContactBefore === undefined ||
          (device.lastContactAt !== null && device.lastContactAt < asked.lastContactBefore),
      ].every(Boolean);
    };
    const keyOf = ({ device, installations: [latest] }: Known): string | null =>
      ({
        id: device.id,
        last_contact: device.lastContactAt?.toISOString() ?? null,
        version: device.facts.systemVersion,
        state: latest?.state ?? null,
      })[asked.sort];
    const compare = (a: string | null, b: string | null) =>
      a === b ? 0 : a === null ? -1 : b === null ? 1 : a < b ? -1 : 1;
    const sorted = fleet
      .filter(fits)
      .sort((a, b) => compare(keyOf(a), keyOf(b)) || compare(a.device.id, b.device.id));
    return (asked.isDescending ? sorted.reverse() : sorted).map(({ device }) => device.id);
  }
});

/** All that fit, by the walk that goes through them. */
async function walkAll(store: OpenStore, filter: DeviceFilter): Promise<readonly string[]> {
  const ids: string[] = [];
  let after: string | null = '';
  while (after !== null) {
    const { devices, next } = await store.listing.walk(filter, after);
    ids.push(...idsOf(devices));
    after = next;
  }
  return ids;
}

describe('a search that fits very many devices', () => {
  it('finds them in every order, and counts them', async () => {
    const count = 6_000;
    const fleet = Array.from({ length: count }, (_, index): Known => {
      const version = `1.${index % 3}.0`;
      const id = `dev-${String((index * 7919) % count).padStart(4, '0')}`;
      return { device: deviceOf(id, { facts: { systemVersion: version } }), installations: [] };
    });
    const store = await storeOf(fleet);
    const asked = { ...page, limit: 2, search: 'dev' };
    expect(await store.listing.list(asked)).toMatchObject({
      total: count,
      devices: [{ device: { id: 'dev-0000' } }, { device: { id: 'dev-0001' } }],
    });
    expect(await store.listing.list({ ...asked, version: '1.1.0', isDescending: true })).toMatchObject({
      total: count / 3,
      devices: [{ device: { facts: { systemVersion: '1.1.0' } } }, {}],
    });
    const all = fleet.map(({ device }) => device.id).sort();
    expect(await walkAll(store, {})).toEqual(all);
    expect(await walkAll(store, { search: 'dev' })).toEqual(all);
    // A stretch is bounded in what it holds, and in what it looks at.
    const { devices } = await store.listing.walk({ search: 'dev' }, '');
    expect(devices).toHaveLength(250);
    expect(await store.listing.walk({ search: 'dev-5999' }, '')).toEqual({ devices: [], next: 'dev-4999' });
    expect(await walkAll(store, { search: 'dev-5999' })).toEqual(['dev-5999']);
    store.close();
  });
});

describe('a list of a large fleet', () => {
  const count = 22_000;
  let store: OpenStore;
  let dataDir: string;
  beforeAll(async () => {
    dataDir = path.join(await temporaryFolder(), 'data');
    const options = { newName: randomUUID, pid: process.pid };
    (await openStore(dataDir, options)).close();
    const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
    // Stored in another order than that of their ids.
    sqlite.exec(`
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
      INSERT INTO devices (id, created_at, compatible, channel, system_version, admission)
      SELECT printf('dev-%05d', (i * 7919) % ${count}), '2026-01-01T00:00:00.000Z', 'board', 'stable',
        CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN '1.0' ELSE '2.0' END, 'admitted' FROM n;
      INSERT INTO device_labels (label, device) SELECT 'many', id FROM devices WHERE id >= 'dev-10000';
      INSERT INTO device_labels (label, device) SELECT 'few', id FROM devices WHERE id >= 'dev-21990'`);
    sqlite.close();
    store = await openStore(dataDir, options);
  });
  afterAll(() => store.close());

  it.each<[Partial<DeviceQuery>, string[], number]>([
    [{ search: 'dev' }, ['dev-00000', 'dev-00001'], count],
    [{ search: 'dev', isDescending: true }, ['dev-21999', 'dev-21998'], count],
    [{ search: 'DEV-2199' }, ['dev-21990', 'dev-21991'], 10],
    [{ label: 'many' }, ['dev-10000', 'dev-10001'], 12_000],
    [{ label: 'many', search: '0000' }, ['dev-10000', 'dev-20000'], 2],
    [{ label: 'few', compatible: 'board' }, ['dev-21990', 'dev-21991'], 10],
    [{ compatible: 'board', channel: 'beta' }, [], 0],
    [{ isHeld: false, search: 'nobody' }, [], 0],
  ])('for %j is right in its order and its total', async (asked, ids, total) => {
    const found = await store.listing.list({ ...page, limit: 2, ...asked });
    expect({ ids: idsOf(found.devices), total: found.total }).toEqual({ ids, total });
  });

  it('goes page by page through all pieces, in any order', async () => {
    for (const sort of ['id', 'version'] as const) {
      const asked = { sort, isDescending: sort === 'version', limit: 1_000, search: 'dev-1' };
      const ids: string[] = [];
      let next: string | null = null;
      do {
        const found = await store.listing.list(next === null ? asked : { ...asked, after: next });
        ids.push(...idsOf(found.devices));
        ({ next } = found);
      } while (next !== null);
      expect(new Set(ids).size).toBe(10_000);
      expect(ids).toHaveLength(10_000);
    }
  });

  it('lets others work between its pieces', async () => {
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await store.listing.list({ ...page, search: 'nobody' });
    isOver = true;
    expect(turns).toBeGreaterThanOrEqual(5);
  });
});

describe('the list of installations', () => {
  let store: OpenStore;
  beforeAll(async () => {
    const installations = (deviceId: string, from: number) =>
      installationStates.slice(0, 10).map((state, index) =>
        installationOf({
          id: from + index,
          deviceId,
          state,
          bundleName: index % 2 === 0 ? 'even.raucb' : 'odd.raucb',
          releaseId: index < 5 ? 1 : null,
        }),
      );
    store = await storeOf([
      { device: deviceOf('a'), installations: installations('a', 1) },
      { device: deviceOf('b'), installations: installations('b', 11) },
    ]);
  });
  afterAll(() => store.close());

  it.each([
    [{}, [20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
    [{ limit: 2 }, [20, 19]],
    [{ limit: 2, beforeId: 19 }, [18, 17]],
    [{ deviceId: 'a', limit: 3 }, [10, 9, 8]],
    [{ state: 'proven' as const }, [16, 6]],
    [{ bundleName: 'even.raucb', deviceId: 'b' }, [19, 17, 15, 13, 11]],
    [{ releaseId: 1, deviceId: 'b' }, [15, 14, 13, 12, 11]],
    [{ releaseId: 1, bundleName: 'odd.raucb', beforeId: 14 }, [12, 4, 2]],
    [{ deviceId: 'nobody' }, []],
    [{ bundleName: 'even.raucb', state: 'proven' as const }, []],
    [{ bundleName: 'odd.raucb', state: 'proven' as const }, [16, 6]],
    [{ releaseId: 1, state: 'offered' as const }, [11, 1]],
  ])('for %j', async (asked, ids) => {
    const { installations } = await store.listing.listInstallations({ limit: 100, ...asked });
    expect(installations.map(({ id }) => id)).toEqual(ids);
  });
});

describe('the counts', () => {
  it('tell how many devices there are of a kind, and how many somebody decided about', async () => {
    const held = { reason: '', by: 'local', at: madeAt };
    const store = await storeOf([
      { device: deviceOf('a', { facts: { systemVersion: '1' }, hold: held }), installations: [] },
      { device: deviceOf('b', { facts: { systemVersion: '1' }, admission: 'waiting' }), installations: [] },
      { device: deviceOf('c'), installations: [installationOf({ deviceId: 'c', state: 'lost', step: 1 })] },
    ]);
    expect(await store.listing.attention()).toEqual({ devices: 3, waiting: 1, held: 1, pinned: 0 });
    const kind = { compatible: 'board', channel: 'stable' };
    expect(await store.listing.census()).toEqual([
      { ...kind, systemVersion: null, installationState: 'lost', devices: 1 },
      { ...kind, systemVersion: '1', installationState: null, devices: 2 },
    ]);
    expect(await store.listing.outcomes(1)).toEqual([{ step: 1, state: 'lost', devices: 1 }]);
    store.close();
  });

  it('are nought for nobody', async () => {
    const store = await storeOf([]);
    expect(await store.listing.attention()).toEqual({ devices: 0, waiting: 0, held: 0, pinned: 0 });
    expect(await store.listing.list(page)).toEqual({
      devices: [],
      next: null,
      total: 0,
      totalIsEstimate: false,
    });
    store.close();
  });
});
