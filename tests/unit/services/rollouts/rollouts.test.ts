import path from 'node:path';
import { everyoneAtOnce } from '../../../../src/core/rollout';
import { placeInRelease } from '../../../../src/core/rollout-step';
import { parseSteps } from '../../../../src/core/rollout-policy';
import { messageOf } from '../../../../src/core/journal/sentences';
import { makeBundle } from '../../../support/bundle-factory';
import { hourMs } from '../../../support/fleet-factory';
import { run } from '../../../support/programs';
import { refusal } from '../../../support/refusal';
import { RolloutFleet } from '../../../support/rollout-fleet';
import { openServices } from '../../../support/services';
import { SimulatedDevice } from '../../../support/simulated-device';
import { said } from '../../../support/said';

const person = { name: 'local', address: '127.0.0.1' };

describe('a rollout', () => {
  let fleet: RolloutFleet;
  afterEach(() => fleet.close());

  it('reaches 200 devices step by step, each step when the one before is proven', async () => {
    fleet = await RolloutFleet.start(200);
    const id = await fleet.release({ steps: '5,25,100', promoteAtPercent: 90 });
    const seen: number[] = [];
    for (let step = 0; step < 3; step += 1) {
      expect(fleet.rollout(id).step).toBe(step);
      const offered = await fleet.offeredTo();
      const limit = [5, 25, 100][step] ?? 0;
      expect(offered.every((device) => placeInRelease(id, device.id) < limit)).toBe(true);
      seen.push(offered.length);
      await fleet.runHousekeeping();
      expect(fleet.rollout(id).step).toBe(step); // offered is not proven
      await fleet.install(offered, '1.0.0');
      await fleet.runHousekeeping();
    }
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(fleet.rollout(id)).toMatchObject({ step: 2, state: 'running', changedBy: 'server' });
    expect(await fleet.lines('rollout.promoted')).toHaveLength(2);
    const { steps } = await fleet.opened.services.describeRollout(
      fleet.opened.services.manageRollouts.get(id),
    );
    expect(steps.map(({ devices, proven }) => [devices, proven])).toEqual(
      seen.map((count) => [count, count]),
    );
  });

  it('pauses at the failures that it may have, at once, and goes on when a person says so', async () => {
    fleet = await RolloutFleet.start(40);
    const id = await fleet.release({ pauseAtFailures: 3 });
    const bad = fleet.devices.slice(0, 3);
    for (const device of bad.slice(0, 2)) await fleet.install([device], '0.9.0');
    expect(await fleet.devices[10]?.offered()).toBe('v1.raucb');
    const [, , third] = bad;
    if (third !== undefined) await fleet.install([third], '0.9.0');
    // Nobody has written the pause yet.
    expect(await fleet.devices[11]?.offered()).toBe('rollout-paused');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id)).toMatchObject({ state: 'paused', changedBy: 'server' });
    expect(fleet.rollout(id).reason).toEqual(said(/3 devices failed or rolled back/));
    await fleet.opened.services.manageRollouts.resume(id, person);
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('running');
    expect(await fleet.devices[11]?.offered()).toBe('v1.raucb');
    for (const device of bad) expect(await device.offered()).toBe('failed-before');
  });

  it('pauses at a share of its step', async () => {
    fleet = await RolloutFleet.start(20);
    const id = await fleet.release({ pauseAtPercent: 10 });
    await fleet.runHousekeeping();
    await fleet.install(fleet.devices.slice(0, 1), '0.9.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('running');
    await fleet.install(fleet.devices.slice(1, 2), '0.9.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).state).toBe('paused');
  });

  it('lets no more devices install at a time than it may, however many ask at once', async () => {
    fleet = await RolloutFleet.start(50);
    await fleet.release({ maxInProgress: 7 });
    const first = await fleet.offeredTo();
    expect(first).toHaveLength(7);
    expect(await fleet.offeredTo()).toEqual(first);
    await fleet.install(first.slice(0, 4), '1.0.0');
    expect(await fleet.offeredTo()).toHaveLength(7);
    fleet.later(2 * hourMs); // offers that nobody took have ended
    expect((await fleet.offeredTo()).length).toBe(7);
  });

  it('goes to a group first', async () => {
    fleet = await RolloutFleet.start(30);
    for (const id of ['dev-3', 'dev-7'])
      await fleet.opened.services.manageDevices.change(id, { labels: ['lab'] }, person);
    const id = await fleet.release({ steps: 'group:lab,100', promoteAtPercent: 100 });
    const lab = await fleet.offeredTo();
    expect(lab.map((device) => device.id)).toEqual(['dev-3', 'dev-7']);
    await fleet.install(lab, '1.0.0');
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).step).toBe(1);
    expect(await fleet.offeredTo()).toHaveLength(28);
  });

  it('is not promoted by itself while its step has no devices', async () => {
    fleet = await RolloutFleet.start(10);
    const id = await fleet.release({ steps: 'group:nobody,100', promoteAtPercent: 1 });
    await fleet.runHousekeeping();
    await fleet.runHousekeeping();
    expect(fleet.rollout(id).step).toBe(0);
  });

  it('waits for its time and its window', async () => {
    fleet = await RolloutFleet.start(1);
    const [device] = fleet.devices;
    await fleet.release({
      startAt: new Date('2026-11-03T00:00:00Z'),
      window: { days: ['tue'], from: '10:00', to: '11:00', timeZone: 'Europe/Berlin' },
    });
    expect(await device?.offered()).toBe('not-started');
    fleet.later(20 * hourMs); // Tuesday, 08:00 UTC
    expect(await device?.offered()).toBe('outside-window');
    fleet.later(hourMs);
    expect(await device?.offered()).toBe('v1.raucb');
    fleet.later(hourMs);
    expect(await device?.offered()).toBe('outside-window');
  });

  it('is moved once when two people promote it at once', async () => {
    fleet = await RolloutFleet.start(0);
    const id = await fleet.release({ steps: '5,25,100' });
    const { manageRollouts } = fleet.opened.services;
    const both = await Promise.allSettled([0, 1].map(() => manageRollouts.promote(id, 0, person)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
    expect(fleet.rollout(id).step).toBe(1);
  });

  it('is moved once when people and the server promote it at once', async () => {
    fleet = await RolloutFleet.start(10);
    const id = await fleet.release({ steps: '50,75,100', promoteAtPercent: 100 });
    await fleet.install(await fleet.offeredTo(), '1.0.0');
    const { manageRollouts } = fleet.opened.services;
    const people = [0, 1].map(() => manageRollouts.promote(id, 0, person));
    const outcomes = await Promise.allSettled([...people, fleet.runHousekeeping()]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(fleet.rollout(id)).toMatchObject({ step: 1, changedBy: 'local' });
    expect(await fleet.lines('rollout.promoted')).toHaveLength(1);
  });

  it('tells in the journal who moved it and why', async () => {
    fleet = await RolloutFleet.start(10);
    const id = await fleet.release({ steps: '50,100', promoteAtPercent: 100, pauseAtFailures: 1 });
    await fleet.install(await fleet.offeredTo(), '1.0.0');
    await fleet.runHousekeeping();
    await fleet.install((await fleet.offeredTo()).slice(0, 1), '0.9.0');
    await fleet.runHousekeeping();
    for (const kind of ['rollout.promoted', 'rollout.paused']) {
      expect(await fleet.lines(kind)).toMatchObject([
        { actor: { name: 'server' }, subject: { releaseId: id }, before: { state: 'running' } },
      ]);
    }
    expect((await fleet.lines('rollout.promoted')).map(messageOf)).toEqual([
      expect.stringMatching(/goes to step 2 of 2: proven on .* of step 1$/),
    ]);
    expect((await fleet.lines('rollout.paused')).map(messageOf)).toEqual([
      expect.stringMatching(/was paused: .* failed or rolled back/),
    ]);
  });

  it('is over when people go back to the release before, which comes back for everyone as it was', async () => {
    fleet = await RolloutFleet.start(10);
    const first = await fleet.release({});
    await fleet.install(fleet.devices, '1.0.0');
    const made = await makeBundle({ version: '2.0.0' });
    await fleet.opened.publish(made.path, { name: 'v2.raucb' });
    const { activateRelease, goBack, manageRollouts } = fleet.opened.services;
    const policy = { ...everyoneAtOnce, steps: parseSteps('50,100') };
    const { release } = await activateRelease.activate({ name: 'v2.raucb', policy, actor: 'local' });
    const early = fleet.devices.filter(({ id }) => placeInRelease(release.id, id) < 50);
    await fleet.install(early, '2.0.0');
    const back = await goBack.goBack({ compatible: 'test-board', actor: 'local' });
    expect(back).toMatchObject({
      bundle: { name: 'v1.raucb' },
      rollout: { policy: { ...everyoneAtOnce, allowDowngrade: true }, step: 0 },
    });
    expect(back.id).toBe(first);
    expect((await fleet.offeredTo()).map(({ id }) => id)).toEqual(early.map(({ id }) => id));
    expect(() => manageRollouts.get(release.id)).toThrow(refusal('not-found'));
  });

  it('is offered to nobody after it was aborted, and begins again when it is made current again', async () => {
    fleet = await RolloutFleet.start(5);
    const id = await fleet.release({});
    await fleet.install(fleet.devices.slice(0, 1), '1.0.0');
    await fleet.opened.services.manageRollouts.abort(id, 'it eats batteries', person);
    expect([...new Set((await fleet.ask()).values())].sort()).toEqual(['rollout-aborted', 'up-to-date']);
    expect(await fleet.release({})).not.toBe(id);
    expect(await fleet.offeredTo()).toHaveLength(4);
  });

  it('is where it was after a restart, with its counts', async () => {
    fleet = await RolloutFleet.start(30);
    const id = await fleet.release({ steps: '50,100', pauseAtFailures: 2, maxInProgress: 4 });
    const first = await fleet.offeredTo();
    await fleet.install(first.slice(0, 1), '0.9.0');
    await fleet.opened.services.manageRollouts.promote(id, 0, person);
    await fleet.install(first.slice(1, 2), '0.9.0');
    const now = new Date('2026-11-02T12:01:00Z');
    await fleet.close();
    const again = await openServices({ dataDir: fleet.opened.dataDir, now: () => now });
    const { rollout } = again.services.manageRollouts.get(id);
    expect(rollout).toMatchObject({ step: 1, forgivenFailures: 1, policy: { maxInProgress: 4 } });
    const told = new SimulatedDevice(again.services, 'new', { now: () => now });
    expect(await told.offered()).toBe('v1.raucb');
    const other = new SimulatedDevice(again.services, 'another', { now: () => now });
    await told.poll('t-new');
    told.boot();
    await told.poll();
    expect(await other.offered()).toBe('rollout-paused');
    await again.close();
  });

  it.each(['0', '1', '2', '4', '8', 'committed'])(
    'has moved once or not at all when the server is killed while it moves (%s), and once after that',
    async (point) => {
      fleet = await RolloutFleet.start(4);
      const id = await fleet.release({ steps: '50,75,100', promoteAtPercent: 100 });
      await fleet.close();
      const child = path.join(__dirname, 'rollout-fault-child.ts');
      const hook = path.join(__dirname, '../../../support/typescript-hook.js');
      const { code } = await run(process.execPath, ['-r', hook, child, fleet.opened.dataDir, point]);
      expect(code).toBe(128);
      const clock = { at: new Date('2026-11-02T12:02:00Z') };
      const again = await openServices({ dataDir: fleet.opened.dataDir, now: () => clock.at });
      const look = async () => ({
        step: again.services.manageRollouts.get(id).rollout.step,
        moves: (await again.services.readJournal.search({ kinds: ['rollout.promoted'] }, { limit: 9 })).events
          .length,
      });
      const { step, moves } = await look();
      expect(moves).toBe(step);
      if (point === 'committed') expect(step).toBe(1);
      for (let turn = 0; turn < 3; turn += 1) {
        clock.at = new Date(clock.at.getTime() + 60_000);
        await again.services.runHousekeeping();
      }
      expect(await look()).toEqual({ step: 1, moves: 1 });
      await again.close();
    },
  );
});
