import path from 'node:path';
import { placeInRelease } from '../../../../src/core/rollout-step';
import { keptInstallations } from '../../../../src/core/installation';
import { makeBundle } from '../../../support/bundle-factory';
import { BackFleet } from '../../../support/back-fleet';
import { run } from '../../../support/programs';
import { refusal } from '../../../support/refusal';
import { said } from '../../../support/said';

const person = { name: 'local', address: '127.0.0.1' };

let fleet: BackFleet;
afterEach(() => fleet.close());

const everybody = () => fleet.devices.map(({ id }) => id);

/** 1.0.0 is proven on everyone; 2.0.0 is a canary on 30 %; 3.0.0 was released by accident, to everyone. */
async function accident(policy: Parameters<BackFleet['release']>[1] = {}) {
  fleet = await BackFleet.start(40);
  const first = await fleet.release('1.0.0');
  await fleet.install(everybody(), '1.0.0');
  const canary = await fleet.release('2.0.0', { steps: '30,100', ...policy });
  const early = await fleet.offered('2.0.0');
  return { first, canary, early };
}

describe('going back', () => {
  it('skips releases that were aborted, and names what it finds', async () => {
    fleet = await BackFleet.start(4);
    const first = await fleet.release('1.0.0');
    await fleet.install(everybody(), '1.0.0');
    const second = await fleet.release('2.0.0');
    await fleet.install(['dev-0'], '2.0.0');
    await fleet.services.manageRollouts.abort(second, 'it eats batteries', person);
    await fleet.release('3.0.0');
    expect(await fleet.preview()).toMatchObject({
      made: { releaseId: first },
      outcomes: { proven: 4 },
      isProven: true,
    });
    expect(await fleet.back()).toMatchObject({ id: first, bundle: { name: 'v1.raucb' } });
    await expect(fleet.preview()).rejects.toEqual(refusal('not-found'));
  });

  it('leads nowhere when every release before was aborted', async () => {
    fleet = await BackFleet.start(1);
    const first = await fleet.release('1.0.0');
    await fleet.services.manageRollouts.abort(first, '', person);
    await fleet.release('2.0.0');
    await expect(fleet.back({ isUnprovenAccepted: true })).rejects.toThrow(refusal('not-found'));
  });

  it('brings a canary back in its step, to the same devices, also down to it', async () => {
    const { canary, early } = await accident();
    expect(early.length).toBeGreaterThan(0);
    await fleet.install(early.slice(0, 2), '2.0.0');
    await fleet.release('3.0.0');
    await fleet.install(everybody(), '3.0.0');
    const back = await fleet.back();
    expect(back).toMatchObject({ id: canary, rollout: { state: 'running', step: 0 } });
    expect(await fleet.offered('2.0.0')).toEqual(early);
    expect(early.every((id) => placeInRelease(canary, id) < 30)).toBe(true);
    await fleet.restart();
    expect(await fleet.offered('2.0.0')).toEqual(early);
    expect(fleet.services.manageRollouts.get(canary).rollout).toMatchObject({
      step: 0,
      policy: { steps: [{ percent: 30 }, {}] },
    });
  });

  it('leaves a pause as it is, with its reason and who paused it', async () => {
    const { canary, early } = await accident({ pauseAtFailures: 2 });
    await fleet.install(early.slice(0, 2), '1.0.0');
    await fleet.runHousekeeping();
    await fleet.release('3.0.0');
    const { rollout } = await fleet.back({ isUnprovenAccepted: true });
    expect(rollout).toMatchObject({ state: 'paused', changedBy: 'server' });
    expect(rollout.reason).toEqual(said(/2 devices failed/));
    expect(await fleet.offered('2.0.0')).toEqual([]);
    expect(fleet.services.manageRollouts.get(canary).rollout.state).toBe('paused');
  });

  it('lets a paused one go on when a person says so, who accepts its failures', async () => {
    const { early } = await accident({ pauseAtFailures: 2 });
    await fleet.install(early.slice(0, 2), '1.0.0');
    await fleet.runHousekeeping();
    await fleet.release('3.0.0');
    const { rollout } = await fleet.back({ isUnprovenAccepted: true, isResumed: true });
    expect(rollout).toMatchObject({
      state: 'running',
      reason: null,
      forgivenFailures: 2,
      changedBy: 'local',
    });
    await fleet.runHousekeeping();
    expect(await fleet.offered('2.0.0')).toEqual(early);
  });

  it.each(['in the same run', 'after a restart'])(
    'knows its failures and places in use, %s',
    async (when) => {
      const { canary, early } = await accident({ pauseAtFailures: 3, maxInProgress: 4 });
      const [failed = '', late = '', running = ''] = early;
      await fleet.install([failed], '1.0.0');
      const devices = fleet.devices.filter(({ id }) => [late, running].includes(id));
      for (const device of devices) await device.poll(`t-${device.id}`);
      const inProgress = await fleet.services.manageRollouts.inProgress(canary);
      expect(inProgress).toBeGreaterThanOrEqual(2);
      await fleet.release('3.0.0');
      if (when === 'after a restart') await fleet.restart();
      // It ends while another release is current.
      const other = fleet.devices.find(({ id }) => id === late);
      other?.boot('1.0.0');
      await other?.poll();
      await fleet.back({ isUnprovenAccepted: true });
      const progress = await fleet.services.describeRollout(fleet.services.manageRollouts.get(canary));
      expect(progress).toMatchObject({ failuresInStep: 2, inProgress: inProgress - 1 });
      await fleet.runHousekeeping();
      expect(fleet.services.manageRollouts.get(canary).rollout.state).toBe('running');
      await fleet.install(early.slice(3, 4), '1.0.0');
      await fleet.runHousekeeping();
      expect(fleet.services.manageRollouts.get(canary).rollout.state).toBe('paused');
    },
  );

  it('lets a device go on with what it was told of', async () => {
    const { canary, early } = await accident();
    const [id = ''] = early;
    const device = fleet.devices.find((one) => one.id === id);
    const before = (await fleet.services.manageDevices.get(id)).installation;
    await fleet.release('3.0.0');
    await fleet.back({ isUnprovenAccepted: true });
    await device?.poll('t-1');
    expect((await fleet.services.manageDevices.get(id)).installation).toMatchObject({
      id: before?.id,
      releaseId: canary,
      state: 'downloading',
    });
  });

  it('brings back what was current before a channel was deactivated', async () => {
    const { canary } = await accident();
    await fleet.services.activateRelease.deactivate({ compatible: 'test-board', actor: 'local' });
    expect(await fleet.back({ isUnprovenAccepted: true })).toMatchObject({
      id: canary,
      rollout: { step: 0 },
    });
  });

  it('leaves a pinned device with its pin', async () => {
    const { early } = await accident();
    const [id = ''] = early;
    await fleet.services.manageDevices.pin(id, 'v3.raucb', person);
    await fleet.release('3.0.0');
    await fleet.back({ isUnprovenAccepted: true });
    expect(await fleet.offered('3.0.0')).toEqual([id]);
  });

  it('tells in the journal and the history who brought what back', async () => {
    const { canary } = await accident();
    await fleet.release('3.0.0');
    await fleet.back({ isUnprovenAccepted: true });
    const [line] = (await fleet.services.readJournal.search({ kinds: ['release.activated'] }, { limit: 1 }))
      .events;
    expect(line).toMatchObject({ subject: { releaseId: canary }, after: { state: 'running', step: 0 } });
    const [latest] = await fleet.services.listBundles.history({ limit: 1 });
    expect(latest).toMatchObject({
      releaseId: canary,
      bundleName: 'v2.raucb',
      previousBundleName: 'v3.raucb',
    });
    expect(latest?.id).not.toBe(canary);
  });
});

describe('a target that no device has proven', () => {
  it('needs an explicit word', async () => {
    await accident();
    await fleet.release('3.0.0');
    expect((await fleet.preview()).isProven).toBe(false);
    await expect(fleet.back()).rejects.toThrow(refusal('conflict'));
    expect(await fleet.offered('3.0.0')).not.toEqual([]);
    expect(await fleet.back({ isUnprovenAccepted: true })).toMatchObject({ bundle: { name: 'v2.raucb' } });
  });

  it('keeps what it came to when the installations of a device are forgotten', async () => {
    const { first } = await accident();
    for (let turn = 0; turn <= keptInstallations + 1; turn += 1) {
      const version = turn % 2 === 0 ? '3.0.0' : '2.0.0';
      await fleet.release(version, { allowDowngrade: true });
      for (const device of fleet.devices.slice(0, 1)) {
        await device.poll(`t-${turn}`);
        device.boot(version);
        await device.poll();
      }
    }
    expect(
      (await fleet.services.manageDevices.get('dev-0')).installations.some(
        ({ releaseId }) => releaseId === first,
      ),
    ).toBe(false);
    const history = await fleet.services.listBundles.history({ limit: 999 });
    const made = history.filter(({ id }) => id === first);
    expect((await fleet.services.releaseResults.of(made)).get(first)).toMatchObject({
      outcomes: { proven: 40 },
    });
  });

  it('is none when a device runs its version, as from the factory', async () => {
    fleet = await BackFleet.start(1);
    fleet.devices[0]?.boot('1.0.0');
    await fleet.release('1.0.0');
    await fleet.offered('1.0.0');
    await fleet.release('2.0.0');
    expect(await fleet.back()).toMatchObject({ bundle: { name: 'v1.raucb' } });
  });

  it('is not taken for proven because another bundle has the same version', async () => {
    fleet = await BackFleet.start(1);
    const twin = await makeBundle({ version: '1.0.0', seed: 'twin' });
    await fleet.fleet.opened.publish(twin.path, { name: 'twin.raucb' });
    fleet.devices[0]?.boot('1.0.0');
    await fleet.release('1.0.0');
    await fleet.offered('1.0.0');
    await fleet.release('2.0.0');
    await expect(fleet.back()).rejects.toThrow(refusal('conflict'));
  });
});

describe('two people who go back at once', () => {
  it('go back once when both name what they saw, and the other is told', async () => {
    fleet = await BackFleet.start(1);
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) await fleet.release(version);
    const seen = (await fleet.preview()).made.releaseId;
    const request = { expectedRelease: seen, isUnprovenAccepted: true };
    const both = await Promise.allSettled([fleet.back(request), fleet.back(request)]);
    expect(both[0]).toMatchObject({ status: 'fulfilled', value: { id: seen } });
    expect(both[1]).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    await expect(fleet.back({ ...request, expectedRelease: seen + 1 })).rejects.toThrow(refusal('conflict'));
  });

  it('go back once also when neither says what they saw', async () => {
    fleet = await BackFleet.start(1);
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) await fleet.release(version);
    const seen = (await fleet.preview()).made.releaseId;
    const request = { isUnprovenAccepted: true };
    const both = await Promise.allSettled([fleet.back(request), fleet.back(request)]);
    expect(both[0]).toMatchObject({ status: 'fulfilled', value: { id: seen } });
    expect(both[1]).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    await fleet.restart();
    await expect(fleet.back(request)).rejects.toThrow(refusal('conflict'));
    // Who means it says so, and a script that goes back from its next release does as ever.
    const further = (await fleet.preview()).made.releaseId;
    expect(await fleet.back({ ...request, expectedRelease: further })).toMatchObject({ id: further });
    await fleet.release('3.0.0');
    expect(await fleet.back(request)).toMatchObject({ id: further });
  });

  it('get a conflict also when there is nothing left to go back to', async () => {
    fleet = await BackFleet.start(1);
    for (const version of ['1.0.0', '2.0.0']) await fleet.release(version);
    const request = { expected: 'v1.raucb', isUnprovenAccepted: true };
    const both = await Promise.allSettled([fleet.back(request), fleet.back(request)]);
    expect(both[1]).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
    await expect(fleet.back()).rejects.toThrow(refusal('not-found'));
  });
});

it.each(['0', '1', '2', '4', '8', 'committed'])(
  'has gone back as a whole or not at all when the server is killed (%s)',
  async (point) => {
    const { first, canary } = await accident();
    await fleet.install(await fleet.offered('2.0.0'), '2.0.0');
    const accidental = await fleet.release('3.0.0');
    await fleet.fleet.close();
    const child = path.join(__dirname, 'go-back-fault-child.ts');
    const hook = path.join(__dirname, '../../../support/typescript-hook.js');
    const { code } = await run(process.execPath, ['-r', hook, child, fleet.fleet.opened.dataDir, point]);
    expect(code).toBe(128);
    await fleet.restart();
    const [release] = fleet.services.manageRollouts.list();
    const lines = (await fleet.services.readJournal.search({ kinds: ['release.activated'] }, { limit: 9 }))
      .events;
    const hasGone = release?.id === canary;
    if (point === 'committed') expect(hasGone).toBe(true);
    expect([canary, accidental]).toContain(release?.id);
    expect(lines).toHaveLength(hasGone ? 4 : 3);
    expect(await fleet.services.listBundles.history({ limit: 9 })).toHaveLength(hasGone ? 4 : 3);
    expect((await fleet.preview()).made.releaseId).toBe(hasGone ? first : canary);
  },
);
