import { cp } from 'node:fs/promises';
import path from 'node:path';
import { shareDatabase } from '../../support/postgres-services';
import { eventually } from '../../support/eventually';
import { temporaryFolder } from '../../support/programs';
import { RolloutFleet } from '../../support/rollout-fleet';
import { type OpenedServices, openServices } from '../../support/services';
import { SimulatedDevice } from '../../support/simulated-device';

/** Two servers on one database, each with a data folder of its own. Only the first one leads. */
describe('two servers on one PostgreSQL', () => {
  let fleet: RolloutFleet;
  let second: OpenedServices;
  const others: OpenedServices[] = [];

  /** With a new data folder that has nothing but the bundles, as if they were in an object store. */
  async function openBeside(): Promise<OpenedServices> {
    const { dataDir } = fleet.opened;
    const folder = path.join(await temporaryFolder(), 'data');
    await cp(path.join(dataDir, 'bundles'), path.join(folder, 'bundles'), { recursive: true });
    shareDatabase(dataDir, folder);
    const opened = await openServices({ dataDir: folder, now: fleet.now });
    others.push(opened);
    return opened;
  }

  beforeEach(async () => {
    fleet = await RolloutFleet.start(4);
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
