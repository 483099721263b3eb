import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Device } from '../../../../src/core/device';
import type { InstallationState } from '../../../../src/core/installation-states';
import { stepOf } from '../../../../src/core/rollout-step';
import { parseSteps } from '../../../../src/core/rollout-policy';
import { countStepDevices } from '../../../../src/services/rollouts/count-step-devices';
import { type OpenStore, openStore } from '../../../../src/store/store';
import { deviceOf } from '../../../support/device-factory';
import { hourMs, installationOf, releaseOf } from '../../../support/fleet-factory';
import { temporaryFolder } from '../../../support/programs';

const at = new Date('2026-11-02T12:00:00Z');
const steps = parseSteps('group:lab,25,100');
const release = releaseOf('board', { policy: { steps } });

let store: OpenStore;
let lastInstallationId = 0;
beforeEach(async () => {
  lastInstallationId = 0;
  const dataDir = path.join(await temporaryFolder(), 'data');
  store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
});
afterEach(() => store.close());

const count = (counted = release) =>
  countStepDevices(
    { devices: store.devices, heardSince: () => new Date(at.getTime() - 24 * hourMs), now: () => at },
    counted,
  );
const total = async () => (await count()).devices.reduce((sum, devices) => sum + devices, 0);

interface Change extends Partial<Omit<Device, 'id' | 'facts'>> {
  readonly compatible?: string;
  readonly systemVersion?: string;
  readonly state?: InstallationState;
  readonly releaseId?: number;
}

function put(id: string, change: Change = {}): Promise<void> {
  const { compatible = 'board', systemVersion = '1.0.0', state, releaseId = 1, ...rest } = change;
  const device = deviceOf(id, { lastContactAt: at, facts: { compatible, systemVersion }, ...rest });
  return store.devices.write({
    device,
    installations:
      state === undefined
        ? []
        : [installationOf({ id: ++lastInstallationId, deviceId: id, state, releaseId })],
  });
}

const decision = { by: 'local', at };

it.each<[string, Change]>([
  ['is of another compatible', { compatible: 'other' }],
  ['follows another channel', { channel: 'beta' }],
  ['waits for admission', { admission: 'waiting' }],
  ['is held', { hold: { ...decision, reason: '' } }],
  ['is pinned', { pin: { ...decision, bundleName: 'x.raucb' } }],
  ['was not heard for long', { lastContactAt: new Date(at.getTime() - 25 * hourMs) }],
])('counts no device that %s', async (_, change) => {
  await put('ordinary');
  await put('other', change);
  expect(await total()).toBe(1);
});

it.each<[string, Change, number]>([
  ['is proven', { state: 'proven', systemVersion: '2.0.0' }, 1],
  ['runs the version and was never offered it', { systemVersion: '2.0.0' }, 1],
  [
    'runs the version, and what it was offered came to nothing',
    { state: 'withdrawn', systemVersion: '2.0.0' },
    1,
  ],
  ['is on its way', { state: 'installed', systemVersion: '1.0.0' }, 0],
  ['rolled back', { state: 'rolled-back', systemVersion: '1.0.0' }, 0],
  ['was proven in another release', { state: 'proven', releaseId: 2, systemVersion: '1.0.0' }, 0],
])('of a device that %s: proven %#', async (_, change, proven) => {
  await put('a', change);
  const counted = await count();
  expect(counted.proven.reduce((sum, devices) => sum + devices, 0)).toBe(proven);
  expect(counted.countedAt).toEqual(at);
});

it('judges by the latest installation for the release', async () => {
  await put('a', { state: 'failed', systemVersion: '2.0.0' });
  await put('a', { state: 'proven', systemVersion: '2.0.0' });
  await put('b', { state: 'proven', systemVersion: '2.0.0' });
  await put('b', { state: 'rolled-back', systemVersion: '1.0.0' });
  await put('c', { state: 'proven', systemVersion: '2.0.0' });
  await put('c', { state: 'failed', releaseId: 2, systemVersion: '2.0.0' });
  expect((await count()).proven.reduce((sum, devices) => sum + devices, 0)).toBe(2);
});

it('counts each of many devices once, in the step that reaches it, at a cost that grows with their number alone', async () => {
  const ids = Array.from({ length: 8_000 }, (_, index) => `dev-${index}`);
  const labelsOf = (index: number) => (index % 10 === 0 ? ['fast', 'lab'] : []);
  await Promise.all(ids.map((id, index) => put(id, { state: 'proven', labels: labelsOf(index) })));
  let turns = 0;
  const counting = { isOver: false };
  const others = (async () => {
    for (; !counting.isOver; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  })();
  const startedAt = performance.now();
  const { devices, proven } = await count();
  const millis = performance.now() - startedAt;
  counting.isOver = true;
  await others;
  const expected = [0, 0, 0];
  for (const [index, id] of ids.entries()) {
    const step =
      stepOf(release.rollout.policy, release.id, { id, labels: labelsOf(index), attributes: {} }) ?? 0;
    expected[step] = (expected[step] ?? 0) + 1;
  }
  expect(devices).toEqual(expected);
  expect(proven).toEqual(expected);
  expect(turns).toBeGreaterThanOrEqual(15); // others have their turns meanwhile
  // A tenth of a second; many seconds, were each device looked up among all of the release's installations.
  expect(millis).toBeLessThan(3_000);
});

it('counts silent, held and pinned devices beside the steps', async () => {
  const silent = { lastContactAt: new Date(at.getTime() - 25 * hourMs) };
  await put('here', { state: 'proven' });
  await put('new');
  await put('silent', silent);
  await put('silent-but-proven', { ...silent, state: 'proven' });
  await put('held', { hold: { ...decision, reason: '' } });
  await put('held-but-proven', { hold: { ...decision, reason: '' }, state: 'proven' });
  await put('pinned', { pin: { ...decision, bundleName: 'x.raucb' }, state: 'failed' });
  const { total: all } = await count();
  expect(all).toEqual({
    devices: 4,
    proven: 2,
    silent: 1,
    notReached: 2,
    held: 1,
    pinned: 1,
    countedAt: at,
  });
});

it('counts the devices of a step for an attribute, and counts one elsewhere once it tells otherwise', async () => {
  const steps = parseSteps('attribute:product=gateway,100');
  const byAttribute = releaseOf('board', { policy: { steps } });
  const facts = (product: string) => ({
    compatible: 'board',
    systemVersion: '1.0.0',
    attributes: { product },
  });
  const tell = (id: string, product: string) =>
    store.devices.write({ device: deviceOf(id, { lastContactAt: at, facts: facts(product) }) });
  await tell('a', 'gateway');
  await tell('b', 'gateway');
  await tell('c', 'sensor');
  expect((await count(byAttribute)).devices).toEqual([2, 1]);
  await tell('a', 'sensor');
  expect((await count(byAttribute)).devices).toEqual([1, 2]);
});
