import path from 'node:path';
import { inheritedPolicy, everyoneAtOnce, type RolloutPolicy } from '../../../../src/core/rollout';
import { parseVersionRange } from '../../../../src/core/version-range';
import type { FleetOverview } from '../../../../src/services/overview/describe-fleet';
import { createDismissAttention } from '../../../../src/services/overview/dismiss-attention';
import type { PublishRequest } from '../../../../src/services/catalog/publish-bundle';
import { makeBundle } from '../../../support/bundle-factory';
import { fleetAttention } from '../../../support/fleet-attention';
import { refusal } from '../../../support/refusal';
import { type OpenedServices, openServices } from '../../../support/services';
import { SimulatedDevice, type SimulatedDeviceOptions } from '../../../support/simulated-device';
import { temporaryFolder } from '../../../support/programs';
import { sentenceOf } from '../../../../src/core/offer-sentences';
import { isOnPostgres, runSql } from '../../../support/test-database';
import { explained } from '../../../support/device-events';

const at = new Date('2026-11-02T12:00:00Z');
const now = () => at;
const actor = { name: 'local', address: null };
let opened: OpenedServices;
let dataDir: string;
beforeEach(async () => {
  dataDir = path.join(await temporaryFolder(), 'data');
  opened = await openServices({ dataDir, now });
});
afterEach(() => opened.close());

const device = (id: string, options: Partial<SimulatedDeviceOptions> = {}) =>
  new SimulatedDevice(opened.services, id, { now, ...options });

async function publish(version: string, request: Partial<PublishRequest> = {}): Promise<void> {
  const made = await makeBundle({ version });
  await opened.publish(made.path, { name: `v${version}.raucb`, ...request });
}

const from = (range: string): Partial<RolloutPolicy> => ({ from: parseVersionRange(range) });

async function release(version: string, policy: Partial<RolloutPolicy> = {}, channel = 'stable') {
  const { release: made } = await opened.services.activateRelease.activate({
    name: `v${version}.raucb`,
    channel,
    policy: { ...everyoneAtOnce, ...policy },
    actor: 'local',
  });
  return made;
}

async function rule(deviceId: string, name: 'not-older' | 'from') {
  const { chain } = await explained(opened.services, deviceId, 'manifest');
  const result = chain.find((one) => one.rule === name);
  if (result === undefined) throw new Error(`there is no rule ${name}`);
  return { rule: name, passed: result.passed, message: sentenceOf(result) };
}

describe('a release of an older version', () => {
  beforeEach(async () => {
    for (const version of ['11.0', '12.0']) await publish(version);
  });

  it('is not offered to a device that runs a newer one, over both protocols', async () => {
    await release('12.0');
    const board = device('board', { version: '12.0' });
    await board.poll();
    await release('11.0');
    expect(await board.offered()).toBe('older-version');
    for (const protocol of ['manifest', 'polling'])
      expect((await explained(opened.services, 'board', protocol)).offer).toMatchObject({
        kind: 'nothing',
        reason: 'older-version',
      });
    expect(await rule('board', 'not-older')).toMatchObject({
      passed: false,
      message: 'the device runs 12.0, and 11.0 is older',
    });
  });

  it('is not offered to a newer board of the factory at its first contact', async () => {
    await release('11.0');
    expect(await device('fresh', { version: '12.1' }).offered()).toBe('older-version');
    expect(await device('spare', { version: '11.0.0-rc.1' }).offered()).toBe('v11.0.raucb');
  });

  it.each([
    [{}, "the device's version is unknown, which counts as different"],
    [{ version: 'v99' }, "RAUC cannot compare the device's version v99, which counts as different"],
    [{ version: '10.4' }, '11.0 is not older than 10.4'],
    [{ version: '11.0.0+other-build' }, '11.0 is not older than 11.0.0+other-build'],
  ])('is offered to a device that tells %p', async (options, message) => {
    const board = device('board', 'version' in options ? options : { facts: { systemVersion: null } });
    await release('11.0');
    const told = 'version' in options ? board : withoutVersion(board);
    expect(await told.offered()).toBe('v11.0.raucb');
    expect(await rule('board', 'not-older')).toMatchObject({ passed: true, message });
  });

  it('says of a bundle that RAUC could not compare, too', async () => {
    await publish('2026-11-01');
    await release('2026-11-01');
    expect(await device('board', { version: '12.0' }).offered()).toBe('v2026-11-01.raucb');
    expect((await rule('board', 'not-older')).message).toBe(
      "RAUC cannot compare the bundle's version 2026-11-01, which counts as different",
    );
  });

  it('is offered when the release, a pin or going back says so', async () => {
    const board = device('board', { version: '12.0' });
    await release('11.0', { allowDowngrade: true });
    expect(await board.offered()).toBe('v11.0.raucb');
    await release('12.0');
    await release('11.0');
    await release('12.0', {}, 'beta');
    expect(await board.offered()).toBe('older-version');
    await opened.services.manageDevices.pin('board', 'v11.0.raucb', actor);
    expect(await board.offered()).toBe('v11.0.raucb');
    await opened.services.manageDevices.unpin('board', actor);
    await release('12.0');
    await opened.services.goBack.goBack({
      isUnprovenAccepted: true,
      compatible: 'test-board',
      actor: 'local',
    });
    expect(await board.offered()).toBe('v11.0.raucb');
  });

  it('counts whom it leaves out, and whom it takes down', async () => {
    for (const [index, version] of ['12.0', '12.0', '13.0', '11.0', '10.0', 'nightly'].entries())
      await device(`dev-${index}`, { version }).poll();
    await withoutVersion(device('silent')).poll();
    await device('pinned', { version: '12.0' }).poll();
    await opened.services.manageDevices.pin('pinned', 'v12.0.raucb', actor);
    await device('other', { version: '12.0', compatible: 'gw' }).poll();
    const { previewRelease } = opened.services;
    const newer = {
      devices: 3,
      versions: [
        { version: '12.0', devices: 2 },
        { version: '13.0', devices: 1 },
      ],
    };
    const nobody = { devices: 0, versions: [] };
    const all = { devices: 7, upToDate: 1, unknownVersion: 2, leftOutByFrom: nobody };
    expect(await previewRelease.reachOf(await release('11.0'))).toEqual({
      ...all,
      reached: 3,
      goesDown: nobody,
      leftOutNewer: newer,
    });
    expect(await previewRelease.reachOf(await release('11.0', { allowDowngrade: true }))).toEqual({
      ...all,
      reached: 6,
      goesDown: newer,
      leftOutNewer: nobody,
    });
  });

  it('is made when nobody can count, and the log says why', async () => {
    await opened.close();
    opened = await openServices({
      dataDir,
      now,
      changeStore: ({ listing }) => ({
        listing: {
          ...listing,
          channelVersions: () => {
            throw new Error('database is locked');
          },
        },
      }),
    });
    const made = await release('11.0');
    expect(await opened.services.previewRelease.reachOf(made)).toBeNull();
    expect(opened.log).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  it('goes on by itself when all are proven that it reaches', async () => {
    await device('newer', { version: '12.0' }).poll();
    const old = device('old', { version: '10.0' });
    await old.poll();
    const { id } = await release('11.0', {
      steps: [
        { kind: 'percent', percent: 99.999 },
        { kind: 'percent', percent: 100 },
      ],
      promoteAtPercent: 100,
    });
    await old.poll('t-1');
    old.boot('11.0');
    await old.poll();
    await opened.services.runHousekeeping();
    expect(opened.services.manageRollouts.get(id).rollout.step).toBe(1);
  });
});

describe('a release that starts from some versions', () => {
  beforeEach(async () => {
    for (const version of ['10.4', '11.2', '12.0']) await publish(version);
  });

  it('reaches devices in them alone, and no unknown version', async () => {
    await release('12.0', from('>=10.4 <12'));
    expect(await device('a', { version: '10.4' }).offered()).toBe('v12.0.raucb');
    expect(await device('b', { version: '11.9.9' }).offered()).toBe('v12.0.raucb');
    expect(await device('c', { version: '10.3' }).offered()).toBe('outside-from');
    expect(await device('d', { version: 'nightly' }).offered()).toBe('outside-from');
    expect(await withoutVersion(device('e')).offered()).toBe('outside-from');
    expect(await device('f', { version: '12.0' }).offered()).toBe('up-to-date');
  });

  it('says which rule it is, and which pin takes the device to a version that fits', async () => {
    await release('12.0', from('>=10.4 <12'));
    await device('old', { version: '9.0' }).poll();
    await withoutVersion(device('silent')).poll();
    expect(await rule('old', 'from')).toEqual({
      rule: 'from',
      passed: false,
      message: 'it requires >=10.4 <12, and the device runs 9.0: a pin to v11.2.raucb takes it to 11.2',
    });
    expect((await rule('silent', 'from')).message).toMatch(
      /^it requires >=10.4 <12, and the device's version is unknown: a pin/,
    );
    await opened.services.manageDevices.pin('old', 'v11.2.raucb', actor);
    expect(await device('old', { version: '9.0' }).offered()).toBe('v11.2.raucb');
  });

  it('prefers a channel that would take it there, and names none that would not', async () => {
    await release('12.0', from('>=11 <12'));
    await release('11.2', from('>=10'), 'bridge');
    await device('old', { version: '9.0' }).poll();
    await device('mid', { version: '10.4' }).poll();
    expect((await rule('mid', 'from')).message).toMatch(/: the channel bridge takes it to 11\.2$/);
    expect((await rule('old', 'from')).message).toMatch(/: a pin to v11\.2\.raucb takes it to 11\.2$/);
  });

  it('says nothing more where nothing takes it there', async () => {
    await release('12.0', from('=11.5'));
    await device('old', { version: '9.0' }).poll();
    expect((await rule('old', 'from')).message).toBe('it requires =11.5, and the device runs 9.0');
  });

  it('counts the devices that do not fit, before and after it is made', async () => {
    await device('old', { version: '9.0' }).poll();
    await withoutVersion(device('silent')).poll();
    const { previewRelease, manageRollouts } = opened.services;
    const preview = await previewRelease.preview({
      name: 'v12.0.raucb',
      policy: { ...everyoneAtOnce, ...from('>=10.4') },
      actor: 'local',
    });
    expect(preview).toMatchObject({
      compatible: 'test-board',
      channel: 'stable',
      current: null,
      changes: true,
      reach: { devices: 2, reached: 0, upToDate: 0, unknownVersion: 1, leftOutByFrom: { devices: 2 } },
    });
    expect(manageRollouts.list()).toEqual([]);
    const made = await release('12.0', from('>=10.4'));
    expect(await previewRelease.reachOf(made)).toEqual(preview.reach);
  });

  it('is the same after a restart', async () => {
    await release('12.0', { ...from('>=10.4 <12'), allowDowngrade: true });
    await opened.close();
    opened = await openServices({ dataDir, now });
    const [kept] = opened.services.manageRollouts.list();
    expect(kept?.rollout.policy).toMatchObject({ ...from('>=10.4 <12'), allowDowngrade: true });
    expect(await device('c', { version: '10.3' }).offered()).toBe('outside-from');
  });
});

describe('a release made before anybody was asked about downgrades', () => {
  /** Takes out of the stored policies what this version has put there. */
  async function forgetVersions(): Promise<void> {
    const policy = isOnPostgres
      ? "(policy::jsonb - 'allowDowngrade' - 'from')::text"
      : "json_remove(policy, '$.allowDowngrade', '$.from')";
    await runSql(dataDir, `UPDATE rollouts SET policy = ${policy}`);
  }

  it('keeps what it allowed, also after its rollout has moved', async () => {
    await publish('11.0');
    const { id } = await release('11.0');
    await opened.close();
    await forgetVersions();
    opened = await openServices({ dataDir, now });
    expect(await device('newer', { version: '12.0' }).offered()).toBe('v11.0.raucb');
    await opened.services.manageRollouts.pause(id, 'a look', actor);
    await opened.services.manageRollouts.resume(id, actor);
    await opened.close();
    opened = await openServices({ dataDir, now });
    const { policy } = opened.services.manageRollouts.get(id).rollout;
    expect(policy).toMatchObject({ allowDowngrade: true, isDowngradeInherited: true, from: null });
  });
});

describe('attention for such releases', () => {
  const item = async () =>
    (await fleetAttention(opened, now)).find(({ kind }) => kind === 'downgrade-allowed');

  it('is one item that lists them, and none for releases of this version', async () => {
    for (const version of ['10.4', '11.0', '12.0']) await publish(version);
    await release('12.0', { ...inheritedPolicy }, 'beta');
    await release('11.0', { ...inheritedPolicy });
    await release('10.4', { allowDowngrade: true }, 'lab');
    const ids = opened.services.manageRollouts.list().map(({ id }) => String(id));
    expect(await item()).toMatchObject({
      count: 2,
      message: expect.stringMatching(/^2 releases .*v12\.0\.raucb for test-board \(beta\), v11\.0/) as string,
      subjects: [ids[0], ids[2]],
    });
    await release('12.0', {});
    expect(await item()).toMatchObject({ count: 1, message: expect.stringMatching(/^1 release /) as string });
    // To go back is a person's word, also to a release from before.
    await opened.services.goBack.goBack({
      isUnprovenAccepted: true,
      compatible: 'test-board',
      actor: 'local',
    });
    expect(await item()).toMatchObject({ count: 1 });
  });

  it('is dismissed for each release, once in the journal, and stays so after a restart', async () => {
    for (const version of ['11.0', '12.0']) await publish(version);
    await release('11.0', { ...inheritedPolicy });
    await release('12.0', { ...inheritedPolicy }, 'beta');
    const [first = '', second = ''] = (await item())?.subjects ?? [];
    const dismiss = (...subjects: string[]) =>
      createDismissAttention({
        describeFleet: async () =>
          ({ attention: await fleetAttention(opened, now) }) as unknown as FleetOverview,
        dismissals: opened.store.dismissals,
        now,
      })('downgrade-allowed', subjects, actor);
    await Promise.all([dismiss(first), dismiss(first)]);
    await dismiss(first);
    expect((await item())?.subjects).toEqual([second]);
    await expect(dismiss(second, '999')).rejects.toEqual(refusal('not-found'));
    expect((await item())?.subjects).toEqual([second]);
    await dismiss(second);
    expect(
      (await opened.services.readJournal.search({ kinds: ['attention.'] }, { limit: 9 })).events,
    ).toMatchObject([
      {
        kind: 'attention.dismissed',
        after: { subjects: [second] },
        reason: {
          code: 'attention-dismissed',
          parameters: { item: { code: 'downgrade-allowed', parameters: { releases: 1 } } },
        },
      },
      { kind: 'attention.dismissed', actor: { name: 'local' }, after: { subjects: [first] } },
    ]);
    await opened.close();
    opened = await openServices({ dataDir, now });
    expect(await item()).toBeUndefined();
    const [kept] = opened.services.manageRollouts.list();
    expect(kept?.rollout.policy.allowDowngrade).toBe(true);
  });
});

/** One that never tells what it runs. */
function withoutVersion(board: SimulatedDevice): SimulatedDevice {
  const contact = board.contact.bind(board);
  board.contact = () => {
    const told = contact();
    return { ...told, facts: { ...told.facts, systemVersion: null } };
  };
  return board;
}
