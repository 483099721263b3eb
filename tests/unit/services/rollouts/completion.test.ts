import path from 'node:path';
import { outcomeOf } from '../../../../src/core/release-end';
import { makeBundle } from '../../../support/bundle-factory';
import { run } from '../../../support/programs';
import { RolloutFleet } from '../../../support/rollout-fleet';
import { SimulatedDevice } from '../../../support/simulated-device';
import { said } from '../../../support/said';

const person = { name: 'local', address: null };

let fleet: RolloutFleet;
afterEach(() => fleet.close());

/** What became of each line of the history, newest first. */
async function results() {
  const { listBundles, releaseResults } = fleet.opened.services;
  const lines = await listBundles.history({ limit: 10 });
  const known = await releaseResults.of(lines);
  return lines.map(({ id }) => {
    const result = known.get(id);
    return result && { ...result, outcome: outcomeOf(result.left, result.end?.how ?? null) };
  });
}

async function replace(version: string): Promise<void> {
  const made = await makeBundle({ version });
  await fleet.opened.publish(made.path, { name: `v${version}.raucb`, activate: true });
}

describe('a rollout is complete', () => {
  it('when all its devices are proven, once, and stays so when another one comes', async () => {
    fleet = await RolloutFleet.start(4);
    const id = await fleet.release({});
    const [first, ...others] = fleet.devices;
    await fleet.install(others, '1.0.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).completedAt).toBeNull();
    await fleet.install(first === undefined ? [] : [first], '1.0.0');
    await fleet.runHousekeeping();
    const { completedAt } = fleet.rollout(id);
    expect(completedAt).toEqual(fleet.now());
    await new SimulatedDevice(fleet.opened.services, 'late', { now: fleet.now }).poll();
    for (let look = 0; look < 12; look += 1) await fleet.runHousekeeping();
    expect(fleet.rollout(id)).toMatchObject({ state: 'running', completedAt });
    const lines = await fleet.lines('rollout.completed');
    expect(lines).toMatchObject([
      {
        actor: { name: 'server' },
        reason: { code: 'rollout-completed', parameters: { bundle: 'v1.raucb', devices: 4 } },
        subject: { releaseId: id },
        after: { devices: 4, duration_seconds: 12 },
      },
    ]);
    const { services } = fleet.opened;
    const { next, total } = await services.describeRollout(services.manageRollouts.get(id));
    expect(total).toMatchObject({ devices: 5, proven: 4, notReached: 0 });
    expect(next).toEqual(said('it is complete; 1 device came later or changed since'));
    await replace('2.0.0');
    expect(await results()).toMatchObject([
      { outcome: 'running' },
      { outcome: 'complete', end: { how: 'replaced', bundleName: 'v2.0.0.raucb' }, left: { completedAt } },
    ]);
  });

  it('without the devices that somebody holds or has pinned, and not without a failed one', async () => {
    fleet = await RolloutFleet.start(4);
    const id = await fleet.release({});
    const { manageDevices } = fleet.opened.services;
    await manageDevices.hold('dev-0', 'on a desk', person);
    await manageDevices.pin('dev-1', 'v1.raucb', person);
    await fleet.install(fleet.devices.slice(2, 3), '1.0.0');
    await fleet.install(fleet.devices.slice(3), '0.9.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).completedAt).toBeNull();
    await manageDevices.hold('dev-3', 'it failed', person);
    fleet.later(60_000);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).completedAt).not.toBeNull();
    const [current] = await results();
    expect(current?.count).toMatchObject({ devices: 1, proven: 1, held: 2, pinned: 1 });
  });

  it('by one of two that note it at once, and by none when anything has changed since the count', async () => {
    fleet = await RolloutFleet.start(2);
    const id = await fleet.release({});
    await fleet.install(fleet.devices, '1.0.0');
    const { manageRollouts, advanceRollouts } = fleet.opened.services;
    const { total } = await advanceRollouts.count(manageRollouts.get(id));
    // Something has happened since.
    await expect(manageRollouts.complete(id, total, 0)).rejects.toMatchObject({ code: 'conflict' });
    await Promise.all([fleet.runHousekeeping(), fleet.runHousekeeping()]);
    expect(await fleet.lines('rollout.completed')).toHaveLength(1);
  });
});

describe('what a release came to', () => {
  it('stays known when it was replaced, with the share, the reasons of failures and how it was left', async () => {
    fleet = await RolloutFleet.start(4);
    await fleet.release({});
    await fleet.install(fleet.devices.slice(0, 2), '1.0.0');
    await fleet.install(fleet.devices.slice(2, 3), '0.9.0');
    await fleet.runHousekeeping();
    await replace('2.0.0');
    await fleet.opened.services.manageDevices.forget('dev-2', person);
    const [, replaced] = await results();
    expect(replaced).toMatchObject({
      outcome: 'replaced',
      count: { devices: 4, proven: 2, notReached: 1, silent: 0 },
      failures: [{ state: 'rolled-back', reason: said('the device booted into 0.9.0 again'), devices: 1 }],
    });
  });

  it('says that it was undone, rolled back or deactivated, also where it is current again', async () => {
    fleet = await RolloutFleet.start(1);
    await fleet.release({});
    await fleet.install(fleet.devices, '1.0.0');
    await fleet.runHousekeeping();
    const { undoRelease, goBack, activateRelease, manageRollouts } = fleet.opened.services;
    await replace('2.0.0');
    await undoRelease.undo(manageRollouts.list()[0]?.id ?? 0, person);
    expect(manageRollouts.list()[0]?.rollout.completedAt).not.toBeNull(); // nothing had changed for devices
    await replace('3.0.0');
    await goBack.goBack({ compatible: 'test-board', actor: 'local' });
    expect(manageRollouts.list()[0]?.rollout.completedAt).toBeNull();
    await activateRelease.deactivate({ compatible: 'test-board', actor: 'local' });
    const told = (await results()).map((result) => result && [result.outcome, result.end?.bundleName]);
    expect(told).toEqual([
      undefined,
      ['deactivated', null],
      ['rolled-back-to', 'v1.raucb'],
      ['complete', 'v3.0.0.raucb'],
      ['undone', 'v1.raucb'],
      ['complete', 'v2.0.0.raucb'],
    ]);
  });
});

describe('a server that is killed', () => {
  const around = ['0', '1', '2', '4', '8', 'committed'];

  /** Until the child has killed itself. */
  async function killWhile(what: string, point: string): Promise<void> {
    const { dataDir } = fleet.opened;
    await fleet.close();
    const hook = path.join(__dirname, '../../../support/typescript-hook.js');
    const child = path.join(__dirname, 'completion-fault-child.ts');
    expect((await run(process.execPath, ['-r', hook, child, dataDir, what, point])).code).toBe(128);
    fleet = await fleet.openAgain();
  }

  it.each(around)(
    'while a rollout becomes complete (%s) has noted that once, or notes it after the start',
    async (point) => {
      fleet = await RolloutFleet.start(3);
      const id = await fleet.release({});
      await fleet.install(fleet.devices, '1.0.0');
      await killWhile('complete', point);
      const noted = fleet.rollout(id).completedAt;
      expect(await fleet.lines('rollout.completed')).toHaveLength(noted === null ? 0 : 1);
      if (point === 'committed') expect(noted).not.toBeNull();
      for (let look = 0; look < 3; look += 1) await fleet.runHousekeeping();
      expect(await fleet.lines('rollout.completed')).toMatchObject([{ after: { devices: 3 } }]);
      const { completedAt } = fleet.rollout(id);
      if (noted !== null) expect(completedAt).toEqual(noted);
      await replace('2.0.0');
      expect(await results()).toMatchObject([
        { outcome: 'running' },
        {
          outcome: 'complete',
          outcomes: { proven: 3 },
          count: { devices: 3, proven: 3 },
          left: { completedAt },
        },
      ]);
    },
  );

  it.each(around)('while a release is replaced (%s) keeps what it came to, once', async (point) => {
    fleet = await RolloutFleet.start(3);
    const id = await fleet.release({});
    const made = await makeBundle({ version: '2.0.0' });
    await fleet.opened.publish(made.path, { name: 'v2.raucb' });
    const [failing, ...others] = fleet.devices;
    await fleet.install(others, '1.0.0');
    await fleet.install(failing === undefined ? [] : [failing], '0.9.0');
    await fleet.runHousekeeping();
    await killWhile('replace', point);
    const lines = await results();
    const activations = (await fleet.lines('release.activated')).length;
    expect(activations).toBe(lines.length);
    if (point === 'committed') expect(lines).toHaveLength(2);
    const { activateRelease, manageRollouts } = fleet.opened.services;
    await activateRelease.activate({ name: 'v2.raucb', actor: 'local' }); // again, as a person would who got no answer
    expect(manageRollouts.list().map(({ id: current }) => current)).not.toContain(id);
    expect(await results()).toMatchObject([
      { outcome: 'running' },
      {
        outcome: 'replaced',
        outcomes: { proven: 2, 'rolled-back': 1 },
        count: { devices: 3, proven: 2 },
        failures: [{ state: 'rolled-back', devices: 1 }],
        end: { how: 'replaced', bundleName: 'v2.raucb' },
      },
    ]);
  });
});
