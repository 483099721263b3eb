import path from 'node:path';
import { BackFleet } from '../../../support/back-fleet';
import { run } from '../../../support/programs';
import { refusal } from '../../../support/refusal';

const person = { name: 'local', address: '127.0.0.1' };

let fleet: BackFleet;
afterEach(() => fleet.close());

const everybody = () => fleet.devices.map(({ id }) => id);
const undo = (id: number) => fleet.services.undoRelease.undo(id, person);
const current = () => fleet.services.manageRollouts.list()[0];

/** A canary of 2.0.0 on 30 %, with a device that failed and was accepted, then 3.0.0 by accident. */
async function accident() {
  fleet = await BackFleet.start(20);
  const canary = await fleet.release('2.0.0', { steps: '30,100', promoteAtPercent: 90 });
  const early = await fleet.offered('2.0.0');
  await fleet.services.manageRollouts.pause(canary, 'until Monday', person);
  const before = current();
  const accidental = await fleet.release('3.0.0');
  return { canary, early, before, accidental };
}

describe('undoing a release', () => {
  it('restores what was current as it was: its state, its step and its devices', async () => {
    const { canary, early, before, accidental } = await accident();
    expect(await fleet.services.undoRelease.preview(accidental)).toMatchObject({ releaseId: canary });
    const back = await undo(accidental);
    expect(back).toMatchObject({ id: canary, rollout: before?.rollout });
    expect(back?.rollout).toMatchObject({ state: 'paused', reason: 'until Monday', step: 0 });
    expect(back?.rollout.policy.allowDowngrade).toBe(false);
    expect(await fleet.offered('3.0.0')).toEqual([]);
    await fleet.services.manageRollouts.resume(canary, person);
    expect(await fleet.offered('2.0.0')).toEqual(early);
    await fleet.restart();
    expect(current()).toMatchObject({ id: canary, rollout: { step: 0 } });
    expect(await fleet.offered('2.0.0')).toEqual(early);
  });

  it('leaves nothing current where nothing was', async () => {
    fleet = await BackFleet.start(2);
    const id = await fleet.release('2.0.0');
    expect(await fleet.services.undoRelease.preview(id)).toBeNull();
    expect(await undo(id)).toBeNull();
    expect(current()).toBeUndefined();
    expect(await fleet.offered('2.0.0')).toEqual([]);
    await fleet.restart();
    expect(current()).toBeUndefined();
  });

  it('restores another policy of the same bundle', async () => {
    fleet = await BackFleet.start(20);
    const canary = await fleet.release('2.0.0', { steps: '30,100' });
    const wide = await fleet.release('2.0.0');
    expect(await undo(wide)).toMatchObject({ id: canary, rollout: { policy: { steps: { length: 2 } } } });
  });

  it('is not possible for one that was brought back, which goes back from there as before', async () => {
    fleet = await BackFleet.start(1);
    const first = await fleet.release('1.0.0');
    const second = await fleet.release('2.0.0');
    const third = await fleet.release('3.0.0');
    await undo(third);
    await expect(undo(second)).rejects.toThrow(refusal('conflict')); // it was brought back, by the line after it
    expect(current()).toMatchObject({ id: second });
    expect((await fleet.preview()).made.releaseId).toBe(first);
  });

  it('is told in the journal and in the history', async () => {
    const { accidental } = await accident();
    await undo(accidental);
    const [line] = (await fleet.services.readJournal.search({ kinds: ['release.undone'] }, { limit: 9 }))
      .events;
    expect(line).toMatchObject({
      actor: person,
      subject: { releaseId: accidental, bundleName: 'v3.raucb' },
      reason: { code: 'release-undone', parameters: { undone: 'v3.raucb', bundle: 'v2.raucb', step: 0 } },
    });
    expect(await fleet.services.listBundles.history({ limit: 1 })).toMatchObject([
      { bundleName: 'v2.raucb', previousBundleName: 'v3.raucb', by: 'local' },
    ]);
  });
});

describe('undoing is refused', () => {
  it.each(['offered', 'withdrawn', 'forgotten', 'after a restart'])(
    'once a device was offered the release: %s',
    async (how) => {
      fleet = await BackFleet.start(3);
      const id = await fleet.release('2.0.0');
      expect(await fleet.devices[0]?.offered()).toBe('v2.raucb');
      if (how === 'withdrawn') {
        await fleet.services.manageDevices.hold('dev-0', 'for a look', person);
        expect(await fleet.devices[0]?.offered()).not.toBe('v2.raucb');
      }
      if (how === 'forgotten') await fleet.services.manageDevices.forget('dev-0', person);
      if (how !== 'offered') await fleet.restart();
      expect(await fleet.services.undoRelease.preview(id)).toBeUndefined();
      await expect(undo(id)).rejects.toThrow(refusal('conflict'));
      expect(current()).toMatchObject({ id });
    },
  );

  it('when a device polls in the same moment: one of the two happens', async () => {
    fleet = await BackFleet.start(12);
    for (let round = 0; round < 8; round += 1) {
      const id = await fleet.release('2.0.0', { maxInProgress: round + 1 });
      const [undone, ...answers] = await Promise.allSettled([
        undo(id),
        ...everybody().map((device) => fleet.devices.find((one) => one.id === device)?.offered()),
      ]);
      const wasOffered = answers.some(
        (answer) => answer.status === 'fulfilled' && answer.value === 'v2.raucb',
      );
      expect(undone.status).toBe(wasOffered ? 'rejected' : 'fulfilled');
      expect(current()?.id).toBe(wasOffered ? id : undefined);
      if (wasOffered)
        await fleet.services.activateRelease.deactivate({ compatible: 'test-board', actor: 'local' });
    }
  });

  it('for one that was replaced, undone already, or never was', async () => {
    fleet = await BackFleet.start(1);
    const first = await fleet.release('1.0.0');
    const second = await fleet.release('2.0.0');
    await expect(undo(first)).rejects.toThrow(refusal('conflict'));
    const both = await Promise.allSettled([undo(second), undo(second)]);
    expect(both).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'conflict' } },
    ]);
    await expect(undo(4711)).rejects.toThrow(refusal('not-found'));
    expect(current()).toMatchObject({ id: first });
  });

  it('when the bundle before is deleted', async () => {
    fleet = await BackFleet.start(1);
    await fleet.release('1.0.0');
    const second = await fleet.release('2.0.0');
    await fleet.services.deleteBundle.delete({ name: 'v1.raucb', actor: 'local' });
    expect(await fleet.services.undoRelease.preview(second)).toBeUndefined();
    await expect(undo(second)).rejects.toThrow(refusal('not-found'));
    expect(current()).toMatchObject({ id: second });
  });
});

it.each(['0', '1', '2', '4', 'committed'])(
  'has undone it as a whole or not at all when the server is killed (%s)',
  async (point) => {
    const { canary, accidental } = await accident();
    await fleet.fleet.close();
    const child = path.join(__dirname, 'undo-fault-child.ts');
    const hook = path.join(__dirname, '../../../support/typescript-hook.js');
    const args = [fleet.fleet.opened.dataDir, point, String(accidental)];
    expect((await run(process.execPath, ['-r', hook, child, ...args])).code).toBe(128);
    await fleet.restart();
    const isUndone = current()?.id === canary;
    if (point === 'committed') expect(isUndone).toBe(true);
    expect([canary, accidental]).toContain(current()?.id);
    const lines = (await fleet.services.readJournal.search({ kinds: ['release.undone'] }, { limit: 9 }))
      .events;
    expect(lines).toHaveLength(isUndone ? 1 : 0);
    expect(await fleet.services.listBundles.history({ limit: 9 })).toHaveLength(isUndone ? 3 : 2);
  },
);
