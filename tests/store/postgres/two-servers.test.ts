import { cp } from 'node:fs/promises';
import path from 'node:path';
import { polled, readRange } from '../../support/device-events';
import { shareDatabase } from '../../support/postgres-services';
import { eventually } from '../../support/eventually';
import { temporaryFolder } from '../../support/programs';
import { RolloutFleet } from '../../support/rollout-fleet';
import { type OpenedServices, openServices } from '../../support/services';
import { SimulatedDevice } from '../../support/simulated-device';

const fleetRules = { maxTries: 3 };

/** Two servers on one database, each with a data folder of its own. Only the first one leads. */
describe('two servers on one PostgreSQL', () => {
  let fleet: RolloutFleet;
  let second: OpenedServices;
  const others: OpenedServices[] = [];
  let passedMs = 0;
  const monotonicMs = () => performance.now() + passedMs;
  const pass = (ms: number) => {
    fleet.later(ms);
    passedMs += ms;
  };

  /** With a new data folder that has nothing but the bundles, as if they were in an object store. */
  async function openBeside(): Promise<OpenedServices> {
    const { dataDir } = fleet.opened;
    const folder = path.join(await temporaryFolder(), 'data');
    await cp(path.join(dataDir, 'bundles'), path.join(folder, 'bundles'), { recursive: true });
    shareDatabase(dataDir, folder);
    const opened = await openServices({ dataDir: folder, now: fleet.now, monotonicMs, fleetRules });
    others.push(opened);
    return opened;
  }

  beforeEach(async () => {
    fleet = await RolloutFleet.start(4, { fleetRules, monotonicMs });
    second = await openBeside();
  });
  afterEach(async () => {
    for (const one of others.splice(0)) await one.close();
    await fleet.close();
  });

  const askSecond = (id: string) => new SimulatedDevice(second.services, id, { now: fleet.now }).offered();
  async function failOne(): Promise<void> {
    const [device] = fleet.devices;
    if (device === undefined) throw new Error('there are four');
    await device.offered();
    await device.poll(`t-${device.id}`);
    await device.report('failed');
  }

  describe('a failure that the first one hears of', () => {
    it('keeps the second one from any further offer at once, before the rollout is paused', async () => {
      const id = await fleet.release({ pauseAtFailures: 1 });
      expect(await askSecond('dev-1')).toBe('v1.raucb');
      await failOne();
      expect(fleet.rollout(id).state).toBe('running');
      expect(await askSecond('dev-2')).not.toBe('v1.raucb');
    });

    it('does not stop offers of the second one when too few have failed', async () => {
      await fleet.release({ pauseAtPercent: 50 });
      await failOne();
      await eventually(async () => (await askSecond('dev-2')) === 'v1.raucb');
    });
  });

  it.each([
    ['polls at one and downloads from the other', [0], [1], 60_000],
    ['polls at one and continues there what it began to download from the other', [0], [1, 0], 60_000],
    ['polls at both too soon to have ended its download, and downloads from both', [0, 1], [0, 1], 10_000],
  ])('count once each download of a poller that tells too little: it %s', async (_, polls, reads, restMs) => {
    await fleet.release({});
    const identity = { id: 'silent', certificateSerial: '01', compatibles: ['test-board'] };
    const serversOf = (indexes: readonly number[]) =>
      indexes.map((index) => (index === 0 ? fleet.opened.services : second.services));
    const attempts = async () => (await second.services.manageDevices.get('silent')).installation?.attempts;
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      pass(restMs);
      for (const { deviceEvents } of serversOf(polls)) {
        const contact = { at: fleet.now(), address: null, protocol: 'h2', transactionId: null, facts: {} };
        expect(await deviceEvents.take(identity, polled(contact, null))).toMatchObject({ kind: 'bundle' });
      }
      const { bundle } = second.services.listBundles.get('v1.raucb');
      for (const services of serversOf(reads)) {
        await services.bundleAccess.isAdmitted(identity); // as for each range
        const read = () => readRange(services, identity, bundle, { start: 0, end: bundle.sizeBytes - 9 });
        read();
        await eventually(async () => (await attempts()) === attempt);
        read(); // bytes count once the download has begun
        await services.runHousekeeping();
        if (polls.length === 1) pass(11_000); // longer than a server remembers what it read of a device
      }
      expect(await attempts()).toBe(attempt);
    }
  });

  describe('a restore that the first one notices while both run', () => {
    it('stops offers of both, and is not noticed again when the second one starts again', async () => {
      const id = await fleet.release({});
      const { dataDir } = second;
      for (const device of fleet.devices.slice(0, 3)) {
        await device.offered();
        await fleet.opened.services.watchRestores.hear(device.id, 'f'.repeat(64));
      }
      await fleet.opened.services.runHousekeeping();
      expect(fleet.rollout(id).state).toBe('paused');
      expect(await askSecond('dev-3')).not.toBe('v1.raucb');
      await fleet.opened.services.manageRollouts.resume(id, { name: 'ann', address: null });
      await second.close();
      others.splice(others.indexOf(second), 1);
      second = await openServices({ dataDir, now: fleet.now });
      others.push(second);
      expect(second.services.watchRestores.hold()).toBeNull();
      expect(second.services.manageRollouts.get(id).rollout.state).toBe('running');
      expect(second.services.watchRestores.databaseId).toBe(fleet.opened.services.watchRestores.databaseId);
    });
  });

  it('goes on offering when a further one starts with an empty folder', async () => {
    const id = await fleet.release({});
    const third = await openBeside();
    expect(third.services.watchRestores.hold()).toBeNull();
    expect(third.services.manageRollouts.get(id).rollout.state).toBe('running');
    expect(fleet.rollout(id).state).toBe('running');
  });
});
