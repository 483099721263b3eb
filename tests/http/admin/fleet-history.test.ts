import type { ServerClock } from '../../../src/services/clock/server-clock';
import { deviceOf } from '../../support/device-factory';
import { type AdminListener, openAdminListener } from './admin-listener';

interface History {
  readonly points: readonly {
    readonly at: string;
    readonly counts: readonly { readonly version: string | null; readonly devices: number }[];
  }[];
  readonly versions: readonly (string | null)[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const start = Date.UTC(2026, 10, 2, 12, 3, 20);
let at: number;
let admin: AdminListener;
const now = () => new Date(at);
beforeEach(async () => {
  at = start;
  admin = await openAdminListener({ now });
});
afterEach(() => admin.close());

const history = async (query = '') =>
  (await admin.http.get(`/api/fleet/history${query}`).expect(200)).body as History;
const runs = (id: string, systemVersion: string | null, change: Parameters<typeof deviceOf>[1] = {}) =>
  admin.opened.store.devices.write({
    device: deviceOf(id, { ...change, facts: { systemVersion, ...change.facts } }),
  });
/** Lets time pass as a running server does, at each tenth minute, with the chores that matter here. */
async function pass(ms: number, stepMs = 10 * minuteMs): Promise<void> {
  const { fleetHistory, ...services } = admin.opened.services;
  const serverClock = services.serverClock as ServerClock;
  for (const end = at + ms; at < end;) {
    at += stepMs;
    await fleetHistory.record();
    await serverClock.run();
  }
}
const shown = ({ points }: History) =>
  points.map(({ counts }) =>
    counts.map(({ version, devices }) => `${version ?? 'other'}: ${devices}`).join(', '),
  );

it('tells what the fleet runs now, before there is any history', async () => {
  await runs('a', '1.0.0');
  expect(await history()).toEqual({
    points: [{ at: now().toISOString(), counts: [{ version: '1.0.0', devices: 1 }] }],
    versions: ['1.0.0'],
  });
});

it('has a point of every tenth minute, and the present moment last', async () => {
  await runs('a', '1.9.0');
  await runs('b', '1.9.0');
  await pass(10 * minuteMs);
  await runs('a', '1.10.0');
  await pass(10 * minuteMs);
  await runs('b', '1.10.0');
  const found = await history('?hours=1');
  expect(found.points.map(({ at: time }) => time)).toEqual([
    '2026-11-02T12:10:00.000Z',
    '2026-11-02T12:20:00.000Z',
    '2026-11-02T12:23:20.000Z',
  ]);
  expect(shown(found)).toEqual(['1.9.0: 2', '1.9.0: 1, 1.10.0: 1', '1.10.0: 2']);
  expect(found.versions).toEqual(['1.9.0', '1.10.0']);
});

it('takes one snapshot of ten minutes, also across a restart', async () => {
  await pass(2 * minuteMs, 1_000);
  const { dataDir } = admin.opened;
  await admin.close();
  admin = await openAdminListener({ now, dataDir });
  await admin.opened.services.runHousekeeping();
  expect((await history()).points).toHaveLength(2);
});

it('is of a compatible, of a channel, or of all', async () => {
  await runs('a', '1.0.0');
  await runs('b', '1.0.0', { channel: 'beta' });
  await runs('c', '1.0.0', { facts: { compatible: 'other' } });
  await runs('d', '1.0.0', { facts: { compatible: null } });
  await pass(10 * minuteMs);
  for (const [query, devices] of [
    ['', 3],
    ['?compatible=board', 2],
    ['?compatible=board&channel=beta', 1],
    ['?channel=stable', 2],
  ] as const) {
    expect(shown(await history(query))).toEqual([`1.0.0: ${devices}`, `1.0.0: ${devices}`]);
  }
  expect(shown(await history('?channel=none'))).toEqual(['', '']);
});

it('stays short, whatever versions devices tell', async () => {
  for (let index = 0; index < 30; index += 1) await runs(`d${index}`, `1.${index}`);
  await runs('x', null);
  await runs('twin', '1.29');
  await pass(10 * minuteMs);
  const { points, versions } = await history();
  expect(versions).toHaveLength(21);
  expect(versions).toContain('1.29');
  for (const { counts } of points) {
    expect(counts).toHaveLength(21);
    expect(counts.at(-1)).toEqual({ version: null, devices: 11 });
  }
});

it('keeps ten minutes for two days, hours for sixty, days for two years', async () => {
  const { services, store } = admin.opened;
  const times = () => store.history.times(new Date(0));
  const count = async (since: number) => (await store.history.times(new Date(since))).length;
  await pass(3 * dayMs);
  expect(await count(at - 2 * dayMs)).toBeGreaterThan(280);
  expect((await times()).filter((time) => time.getTime() < at - 2 * dayMs)).toHaveLength(25);
  await pass(70 * dayMs, hourMs);
  const thinned = at - 60 * dayMs - 10 * minuteMs;
  const old = (await times()).filter((time) => time.getTime() < thinned);
  expect(old.map((time) => time.getUTCHours())).toEqual([12, ...Array.from({ length: 13 }, () => 0)]);
  const kept = await count(0);
  at += 731 * dayMs;
  await services.runHousekeeping();
  // A clock that is wrong for a moment takes little; one that is right takes them all in time.
  expect(await count(0)).toBeGreaterThan(kept - 10);
  await pass(6 * dayMs);
  expect(await count(0)).toBeLessThan(kept - 500);
}, 240_000); // thousands of snapshots

it('loses nothing to a clock that begins in the past', async () => {
  const { services, store } = admin.opened;
  await pass(2 * dayMs);
  const count = async () => (await store.history.times(new Date(0))).length;
  const kept = await count();
  const right = at;
  at = 0;
  await services.runHousekeeping();
  expect(await count()).toBe(kept);
  at = right + 10 * minuteMs;
  await services.runHousekeeping();
  expect(await count()).toBeGreaterThanOrEqual(kept);
});

it('has at most 200 points, which cover the time that was asked for', async () => {
  await runs('a', '1.0.0');
  await pass(2 * dayMs);
  const { points } = await history('?hours=48');
  expect(points.length).toBeLessThanOrEqual(200);
  expect(points.length).toBeGreaterThan(140);
  expect(Date.parse(points[0]?.at ?? '')).toBeLessThan(at - 47 * hourMs);
  expect((await history('?hours=1')).points.length).toBeLessThanOrEqual(8);
});

it('goes on after the clock was wrong', async () => {
  at += 365 * dayMs;
  await admin.opened.services.runHousekeeping();
  at = start;
  await pass(10 * minuteMs);
  expect((await history()).points.map(({ at: time }) => time)).toEqual([
    '2026-11-02T12:10:00.000Z',
    now().toISOString(),
  ]);
});

it.each(['?hours=0', '?hours=17521', '?hours=x', '?channel=', '?colour=red'])('refuses %s', async (query) => {
  await admin.http.get(`/api/fleet/history${query}`).expect(400);
});
