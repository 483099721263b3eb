import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../../../../src/core/errors';
import { hourMs } from '../../../support/fleet-factory';
import { RolloutFleet } from '../../../support/rollout-fleet';
import { openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';
import { said } from '../../../support/said';

const person = { name: 'local', address: '127.0.0.1' };

let fleet: RolloutFleet;
afterEach(() => fleet.close());

const fail = (count: number, from = 0) => fleet.install(fleet.devices.slice(from, from + count), '0.9.0');
const rollouts = () => fleet.opened.services.manageRollouts;

/** The server again, and a device that it has not heard of. */
async function restart() {
  await fleet.close();
  const again = await openServices({ dataDir: fleet.opened.dataDir, now: fleet.now });
  return { again, device: new SimulatedDevice(again.services, 'another', { now: fleet.now }) };
}

describe('an automatic pause', () => {
  it('lets nobody have it after the last failure that is allowed, however many report and ask at once', async () => {
    fleet = await RolloutFleet.start(100);
    await fleet.release({ pauseAtFailures: 5 });
    const bad = fleet.devices.slice(0, 5);
    for (const device of bad) await device.poll(`t-${device.id}`);
    const reports = bad.map((device) => device.report('failed', { transactionId: `t-${device.id}` }));
    const answers = fleet.devices.slice(5).map((device) => device.offered());
    await Promise.all(reports);
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['rollout-paused']));
  });

  it('stays in force while it cannot be written, and is written when it can be', async () => {
    let isLocked = false;
    fleet = await RolloutFleet.start(10, {
      changeStore: ({ catalog }) => ({
        catalog: {
          ...catalog,
          commit: (change) =>
            isLocked ? Promise.reject(new DomainError('unavailable', 'locked')) : catalog.commit(change),
        },
      }),
    });
    const id = await fleet.release({ pauseAtFailures: 1 });
    await fail(1);
    isLocked = true;
    for (let turn = 0; turn < 3; turn += 1) await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('running');
    expect(await fleet.devices[5]?.offered()).toBe('rollout-paused');
    const ofRollouts = fleet.opened.log.filter(
      ({ level, facts }) => level === 'error' && facts['chore'] === 'rollouts',
    );
    expect(ofRollouts).toHaveLength(1);
    expect(String(ofRollouts[0]?.facts['err'])).toContain(`release ${id}`);
    isLocked = false;
    await fleet.runHousekeeping();
    expect(fleet.rollout(id)).toMatchObject({ state: 'paused', changedBy: 'server' });
    expect(await fleet.lines('rollout.paused')).toHaveLength(1);
  });

  it('by share waits for a count when a device failed before there was one', async () => {
    fleet = await RolloutFleet.start(20);
    const id = await fleet.release({ pauseAtPercent: 10 });
    await fail(1);
    expect(await fleet.devices[5]?.offered()).toBe('rollout-paused');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('running');
    expect(await fleet.devices[5]?.offered()).toBe('v1.raucb');
  });

  it('by share is not decided on a count from before the devices came', async () => {
    fleet = await RolloutFleet.start(0);
    const id = await fleet.release({ pauseAtPercent: 10 });
    await fleet.runHousekeeping();
    const { services } = fleet.opened;
    const come = (index: number) => new SimulatedDevice(services, `late-${index}`, { now: fleet.now });
    const late = Array.from({ length: 20 }, (_, index) => come(index));
    for (const device of late) await device.poll();
    await fleet.install(late.slice(0, 1), '0.9.0');
    await services.runHousekeeping(); // within the seconds in which it would not count again
    expect(fleet.rollout(id).state).toBe('running');
    await fleet.install(late.slice(1, 2), '0.9.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('paused');
  });
});

describe('a device that fails again and again', () => {
  const failTimes = async (index: number, times: number) => {
    for (let turn = 0; turn < times; turn += 1) await fail(1, index);
  };

  it('counts once, however often it fails', async () => {
    fleet = await RolloutFleet.start(10, { fleetRules: { maxTries: 6 } });
    const id = await fleet.release({ pauseAtFailures: 2 });
    await failTimes(0, 6);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('running');
    expect(await fleet.devices[5]?.offered()).toBe('v1.raucb');
    await fail(1, 1);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id)).toMatchObject({
      state: 'paused',
      reason: said('2 devices failed or rolled back in this step'),
    });
  });

  it('counts once in the share of a step', async () => {
    fleet = await RolloutFleet.start(10, { fleetRules: { maxTries: 6 } });
    const id = await fleet.release({ pauseAtPercent: 20 });
    await fleet.runHousekeeping();
    await failTimes(0, 3);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('running');
    await fail(1, 1);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('paused');
  });

  it('counts once after a restart, and in what people see', async () => {
    fleet = await RolloutFleet.start(10, { fleetRules: { maxTries: 6 } });
    const id = await fleet.release({ pauseAtFailures: 2 });
    await failTimes(0, 3);
    const { again, device } = await restart();
    await again.services.runHousekeeping();
    const release = again.services.manageRollouts.get(id);
    expect(release.rollout.state).toBe('running');
    expect(await again.services.describeRollout(release)).toMatchObject({
      failuresInStep: 1,
      steps: [{ installations: { 'rolled-back': 1 } }],
    });
    await fleet.install([device], '0.9.0');
    await again.services.runHousekeeping();
    expect(again.services.manageRollouts.get(id).rollout.state).toBe('paused');
    await again.close();
  });

  it('is accepted with all its failures: the same device does not pause it again, another one does', async () => {
    fleet = await RolloutFleet.start(10, { fleetRules: { maxTries: 6 } });
    const id = await fleet.release({ pauseAtFailures: 1 });
    await failTimes(0, 1);
    await fleet.runHousekeeping();
    await rollouts().resume(id, person);
    await failTimes(0, 2);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('running');
    await fail(1, 1);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('paused');
  });
});

describe('failures that a person has accepted', () => {
  it('hide no later ones when the devices are cleared', async () => {
    fleet = await RolloutFleet.start(10);
    const id = await fleet.release({ pauseAtFailures: 2 });
    await fail(2);
    await fleet.runHousekeeping();
    await rollouts().resume(id, person);
    for (const { id: device } of fleet.devices.slice(0, 2))
      await fleet.opened.services.manageDevices.clearFailures(device, person);
    await fail(1, 2);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('running');
    await fail(1, 3);
    expect(await fleet.devices[5]?.offered()).toBe('rollout-paused');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('paused');
  });

  it('hide no later ones when the devices are forgotten, also after a restart', async () => {
    fleet = await RolloutFleet.start(10);
    const id = await fleet.release({ pauseAtFailures: 2 });
    await fail(2);
    await fleet.runHousekeeping();
    await rollouts().resume(id, person);
    for (const { id: device } of fleet.devices.slice(0, 2))
      await fleet.opened.services.manageDevices.forget(device, person);
    await fleet.runHousekeeping();
    await fail(1, 2);
    const { again, device } = await restart();
    await fleet.install([device], '0.9.0');
    await again.services.runHousekeeping();
    expect(again.services.manageRollouts.get(id).rollout.state).toBe('paused');
    await again.close();
  });

  it('of the step before do not count in the next one', async () => {
    fleet = await RolloutFleet.start(40);
    const id = await fleet.release({ steps: '50,100', pauseAtFailures: 2 });
    const first = await fleet.offeredTo();
    await fleet.install(first.slice(0, 1), '0.9.0');
    await rollouts().promote(id, 0, person);
    await fleet.install(first.slice(1, 2), '0.9.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('running');
    await fleet.install(first.slice(2, 3), '0.9.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('paused');
  });
});

it('counts failures on although the bundle was lost for a while', async () => {
  fleet = await RolloutFleet.start(5);
  const id = await fleet.release({ pauseAtFailures: 2 });
  await fail(1);
  await rm(path.join(fleet.opened.dataDir, 'bundles', 'v1.raucb'));
  const { again, device } = await restart();
  expect(await device.offered()).toBe('no-release');
  const { services } = again;
  const staged = await services.publishBundle.stage(createReadStream(fleet.bundlePath), {
    limitBytes: 1 << 30,
  });
  await services.publishBundle.publish(staged, { name: 'v1.raucb', actor: 'local' });
  await fleet.install([device], '0.9.0');
  await services.runHousekeeping();
  expect(services.manageRollouts.get(id).rollout.state).toBe('paused');
  await again.close();
});

it('reads the registry once for each rollout, and again when something has changed or somebody looks', async () => {
  let reads = 0;
  fleet = await RolloutFleet.start(3, {
    changeStore: ({ devices }) => ({
      devices: {
        ...devices,
        rolloutDevices(page) {
          reads += 1;
          return devices.rolloutDevices(page);
        },
      },
    }),
  });
  await fleet.release({ pauseAtFailures: 1, maxInProgress: 1 });
  await fleet.runHousekeeping();
  await fleet.release({ promoteAtPercent: 50 }); // in its last step
  await fleet.runHousekeeping();
  expect(reads).toBe(2);
  const id = await fleet.release({ steps: '50,100', promoteAtPercent: 100 });
  await fleet.runHousekeeping();
  await fleet.opened.services.runHousekeeping();
  expect(reads).toBe(3);
  const release = rollouts().get(id);
  fleet.later(10_000);
  await Promise.all([1, 2, 3].map(() => fleet.opened.services.describeRollout(release)));
  expect(reads).toBe(4);
});

describe('a clock that is set', () => {
  it('a month forward and back moves no rollout and opens no cap', async () => {
    fleet = await RolloutFleet.start(30);
    const id = await fleet.release({ steps: '50,100', promoteAtPercent: 50, maxInProgress: 3 });
    const first = await fleet.offeredTo();
    expect(first).toHaveLength(3);
    await fleet.install(first, '1.0.0');
    fleet.later(30 * 24 * hourMs);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).step).toBe(0); // nobody was heard recently
    fleet.later(-30 * 24 * hourMs);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).step).toBe(0); // three of the half
    expect(await fleet.offeredTo()).toHaveLength(3);
  });

  it('a month back leaves a rollout going on', async () => {
    fleet = await RolloutFleet.start(30);
    const id = await fleet.release({ steps: '50,100', promoteAtPercent: 100, pauseAtFailures: 1 });
    fleet.later(-30 * 24 * hourMs);
    await fleet.install(await fleet.offeredTo(), '1.0.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id)).toMatchObject({ step: 1, state: 'running' });
    await fleet.install((await fleet.offeredTo()).slice(0, 1), '0.9.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id)).toMatchObject({ step: 1, state: 'paused' });
  });
});
