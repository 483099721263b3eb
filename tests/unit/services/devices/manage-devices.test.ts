import type { DeviceDetails, ManageDevices } from '../../../../src/services/devices/manage-devices';
import { makeBundle } from '../../../support/bundle-factory';
import { deviceOf } from '../../../support/device-factory';
import { installationOf } from '../../../support/fleet-factory';
import { type JournalLine, readJournal } from '../../../support/journal';
import { FullDisk } from '../../../support/full-disk';
import { refusal } from '../../../support/refusal';
import { type OpenedServices, openServices } from '../../../support/services';
import { countingWrites } from '../../../support/test-database';
import { bundleSigner } from '../../../support/test-pki';
import { SimulatedDevice } from '../../../support/simulated-device';

const person = { name: 'token:ci', address: '192.0.2.9' };
const now = () => new Date('2026-11-02T12:00:00Z');

let opened: OpenedServices;
let devices: ManageDevices;
let board: SimulatedDevice;

/** `board-1` runs 0.9.0, and 1.0.0 is released for its compatible `test-board`. */
beforeEach(async () => {
  opened = await openServices({ now });
  await opened.publish((await makeBundle()).path, { name: 'v1.raucb', activate: true });
  await opened.publish((await makeBundle({ compatible: 'other' })).path, { name: 'other.raucb' });
  devices = opened.services.manageDevices;
  board = new SimulatedDevice(opened.services, 'board-1', { now });
  await board.poll();
});

afterEach(() => opened.close());

/** As another start of the server finds it. */
async function afterRestart<T>(look: (again: OpenedServices) => T | Promise<T>): Promise<T> {
  await opened.close();
  opened = await openServices({ dataDir: opened.dataDir, now });
  devices = opened.services.manageDevices;
  return look(opened);
}

async function lastLine(): Promise<JournalLine | undefined> {
  return (await readJournal(opened.dataDir)).at(-1);
}

describe('a decision is on disk with its line in the journal', () => {
  const at = now();
  const decidedBy = { by: 'token:ci', at };

  it.each<
    [string, (on: ManageDevices) => Promise<unknown>, Partial<DeviceDetails['device']>, Partial<JournalLine>]
  >([
    [
      'hold',
      (on) => on.hold('board-1', '  on a desk ', person),
      { hold: { reason: 'on a desk', ...decidedBy } },
      { kind: 'device.held', after: { reason: 'on a desk' } },
    ],
    [
      'pin',
      (on) => on.pin('board-1', 'v1.raucb', person),
      { pin: { bundleName: 'v1.raucb', ...decidedBy } },
      { kind: 'device.pinned', before: { bundle: null }, after: { bundle: 'v1.raucb' } },
    ],
    [
      'channel',
      (on) => on.change('board-1', { channel: 'beta' }, person),
      { channel: 'beta' },
      { kind: 'device.changed', before: { channel: 'stable' }, after: { channel: 'beta' } },
    ],
    [
      'labels and notes',
      (on) => on.change('board-1', { labels: ['lab', 'a', 'lab'], notes: ' by the door ' }, person),
      { labels: ['a', 'lab'], notes: 'by the door' },
      {
        kind: 'device.changed',
        before: { labels: [], notes: '' },
        after: { labels: ['a', 'lab'], notes: 'by the door' },
      },
    ],
  ])('%s', async (_verb, decide, decided, line) => {
    await decide(devices);
    expect((await devices.get('board-1')).device).toMatchObject(decided);
    expect(await afterRestart(async () => (await devices.get('board-1')).device)).toMatchObject(decided);
    expect(await lastLine()).toMatchObject({
      actor: 'token:ci',
      address: '192.0.2.9',
      device: 'board-1',
      ...line,
    });
  });

  it('lifting a hold and a pin', async () => {
    await devices.hold('board-1', 'broken display', person);
    await devices.pin('board-1', 'v1.raucb', person);
    await devices.liftHold('board-1', person);
    expect(await lastLine()).toMatchObject({
      kind: 'device.hold-lifted',
      before: { reason: 'broken display' },
    });
    await devices.unpin('board-1', person);
    expect(await lastLine()).toMatchObject({ kind: 'device.unpinned', before: { bundle: 'v1.raucb' } });
    expect(await afterRestart(async () => (await devices.get('board-1')).device)).toMatchObject({
      hold: null,
      pin: null,
    });
  });

  it('the admission of a device that waits', async () => {
    await opened.close();
    opened = await openServices({ dataDir: opened.dataDir, now, fleetRules: { newDevices: 'waiting' } });
    await new SimulatedDevice(opened.services, 'waits', { now }).poll();
    await opened.services.manageDevices.admit('waits', person);
    expect(await lastLine()).toMatchObject({
      kind: 'device.admitted',
      device: 'waits',
      before: { admission: 'waiting' },
    });
    const { device } = await afterRestart(() => devices.get('waits'));
    expect(device.admission).toBe('admitted');
  });

  it('but a decision that changes nothing has no line', async () => {
    const before = (await readJournal(opened.dataDir)).length;
    await devices.admit('board-1', person);
    await devices.liftHold('board-1', person);
    await devices.unpin('board-1', person);
    await devices.clearFailures('board-1', person);
    expect(await readJournal(opened.dataDir)).toHaveLength(before);
  });

  it('a device made ahead, with what was wanted of it', async () => {
    await devices.create('ahead', { channel: 'beta', labels: ['lab'], notes: 'spare' }, person);
    expect(await lastLine()).toMatchObject({ kind: 'device.registered', device: 'ahead', actor: 'token:ci' });
    const { device } = await afterRestart(() => devices.get('ahead'));
    expect(device).toMatchObject({
      channel: 'beta',
      labels: ['lab'],
      notes: 'spare',
      admission: 'admitted',
      firstContactAt: null,
      lastContactAt: null,
    });
  });
});

describe('a device made ahead', () => {
  it('keeps what was decided at its first contact, and is admitted where others wait', async () => {
    const waiting = await openServices({ now, fleetRules: { newDevices: 'waiting' } });
    await waiting.services.manageDevices.create('ahead', { labels: ['lab'] }, person);
    const known = new SimulatedDevice(waiting.services, 'ahead', { now });
    const unknown = new SimulatedDevice(waiting.services, 'unknown', { now });
    expect(await known.offered()).toBe('no-release');
    expect(await unknown.offered()).toBe('waiting-for-admission');
    expect((await waiting.services.manageDevices.get('ahead')).device).toMatchObject({
      labels: ['lab'],
      firstContactAt: now(),
    });
    await waiting.services.manageDevices.admit('unknown', person);
    expect(await unknown.offered()).toBe('no-release');
    await waiting.close();
  });

  it('is refused under the id of another, and under what is none', async () => {
    await expect(devices.create('board-1', {}, person)).rejects.toEqual(refusal('conflict'));
    for (const id of ['', '../x', 'a b', '-x', 'x'.repeat(65)])
      await expect(devices.create(id, {}, person)).rejects.toEqual(refusal('invalid-input'));
  });
});

describe('labels', () => {
  it('come and go one by one, also when several people change them at once', async () => {
    await devices.change('board-1', { labels: ['keep', 'old'] }, person);
    await Promise.all([
      devices.change('board-1', { addLabels: ['a'], removeLabels: ['old', 'never there'] }, person),
      devices.change('board-1', { addLabels: ['b'] }, person),
      devices.change('board-1', { notes: 'noted' }, person),
    ]);
    expect(await afterRestart(async () => (await devices.get('board-1')).device)).toMatchObject({
      labels: ['a', 'b', 'keep'],
      notes: 'noted',
    });
  });

  it('are at most 32', async () => {
    const many = Array.from({ length: 32 }, (_, index) => `label-${index}`);
    await devices.change('board-1', { labels: many }, person);
    const more = devices.change('board-1', { addLabels: ['one-more'] }, person);
    await expect(more).rejects.toEqual(refusal('invalid-input'));
    expect((await devices.get('board-1')).device.labels).toHaveLength(32);
  });
});

describe('refusals', () => {
  it.each<[string, Parameters<ManageDevices['change']>[1]]>([
    ['a channel that is not a word', { channel: 'a channel' }],
    ['an empty channel', { channel: '' }],
    ['a label that is not a word', { labels: ['ok', 'a label'] }],
    ['an added label that is not a word', { addLabels: ['../x'] }],
    ['notes without an end', { notes: 'x'.repeat(2001) }],
  ])('are for %s, and change nothing', async (_what, change) => {
    const before = (await readJournal(opened.dataDir)).length;
    await expect(devices.change('board-1', { notes: 'x', ...change }, person)).rejects.toEqual(
      refusal('invalid-input'),
    );
    expect((await devices.get('board-1')).device.notes).toBe('');
    expect(await readJournal(opened.dataDir)).toHaveLength(before);
  });

  it('are for a reason without an end', async () => {
    const hold = Promise.resolve().then(() => devices.hold('board-1', 'x'.repeat(201), person));
    await expect(hold).rejects.toEqual(refusal('invalid-input'));
  });

  it('are for a pin to a bundle that is not there, or of another compatible', async () => {
    await expect(devices.pin('board-1', 'gone.raucb', person)).rejects.toEqual(refusal('not-found'));
    await expect(devices.pin('board-1', 'other.raucb', person)).rejects.toEqual(refusal('conflict'));
    expect((await devices.get('board-1')).device.pin).toBeNull();
  });

  it('are for a pin to a bundle of which nobody knows the compatible, unless nobody knows that of the device', async () => {
    const recipients = [await bundleSigner('rsa')];
    const encrypted = await makeBundle({ format: 'crypt', recipients, rauc: 'sid' });
    const { bundle } = await opened.publish(encrypted.path, { name: 'secret.raucb' });
    expect(bundle.compatible).toBeNull();
    await expect(devices.pin('board-1', 'secret.raucb', person)).rejects.toEqual(refusal('conflict'));
    expect((await devices.get('board-1')).device.pin).toBeNull();
    await devices.create('ahead', {}, person);
    const { device } = await devices.pin('ahead', 'secret.raucb', person);
    expect(device.pin?.bundleName).toBe('secret.raucb');
  });

  it('are for a device that nobody knows, by every verb', async () => {
    const id = 'nobody';
    const verbs: readonly (() => unknown)[] = [
      () => devices.get(id),
      () => devices.change(id, { notes: 'x' }, person),
      () => devices.change(id, {}, person),
      () => devices.admit(id, person),
      () => devices.hold(id, '', person),
      () => devices.liftHold(id, person),
      () => devices.pin(id, 'v1.raucb', person),
      () => devices.unpin(id, person),
      () => devices.clearFailures(id, person),
      () => devices.cancel(id, person),
      () => devices.forget(id, person),
    ];
    for (const verb of verbs)
      await expect(Promise.resolve().then(verb)).rejects.toEqual(refusal('not-found'));
    await expect(devices.log(4711)).rejects.toEqual(refusal('not-found'));
  });

  it('are for calling off what is not there', async () => {
    await devices.cancel('board-1', person);
    await expect(devices.cancel('board-1', person)).rejects.toEqual(refusal('conflict'));
  });
});

describe('a change that names nothing', () => {
  it('writes no line', async () => {
    const before = (await readJournal(opened.dataDir)).length;
    const { device } = await devices.change('board-1', {}, person);
    expect(device.id).toBe('board-1');
    expect(await readJournal(opened.dataDir)).toHaveLength(before);
  });
});

describe('what a device is offered', () => {
  it('follows hold, pin and channel', async () => {
    expect(await board.offered()).toBe('v1.raucb');
    await devices.hold('board-1', '', person);
    expect(await board.offered()).toBe('held');
    await devices.liftHold('board-1', person);
    await devices.change('board-1', { channel: 'beta' }, person);
    expect(await board.offered()).toBe('no-release');
    await devices.pin('board-1', 'v1.raucb', person);
    expect(await board.offered()).toBe('v1.raucb');
    await devices.unpin('board-1', person);
    expect(await board.offered()).toBe('no-release');
  });

  it('is nothing after an installation was cancelled, until that is cleared', async () => {
    const { installation } = await devices.cancel('board-1', person);
    expect(installation).toMatchObject({ state: 'cancelled' });
    expect(await lastLine()).toMatchObject({ kind: 'installation.cancelled', actor: 'token:ci' });
    expect(await board.offered()).toBe('cancelled');
    await devices.clearFailures('board-1', person);
    expect(await lastLine()).toMatchObject({
      kind: 'device.failures-cleared',
      after: { bundles: ['v1.raucb'] },
    });
    expect(await board.offered()).toBe('v1.raucb');
  });

  it('is nothing while it is cancelled in the middle, and the device has not confirmed', async () => {
    await board.poll('t-1');
    const { installation } = await devices.cancel('board-1', person);
    expect(installation).toMatchObject({ state: 'cancelling' });
    expect(await board.offered()).toBe('cancelled');
  });

  it('is not what failed, until that is cleared, also after a restart', async () => {
    await board.poll('t-1');
    await board.report('failed', { transactionId: 't-1' });
    expect(await board.offered()).toBe('failed-before');
    await devices.clearFailures('board-1', person);
    const offered = await afterRestart(({ services }) =>
      new SimulatedDevice(services, 'board-1', { now }).offered(),
    );
    expect(offered).toBe('v1.raucb');
  });
});

describe('clearing failures', () => {
  it('keeps the bytes that were counted since', async () => {
    await board.begin('t-1');
    const identity = { id: 'board-1', certificateSerial: '01', compatibles: [] };
    const { bundle } = opened.services.listBundles.get('v1.raucb');
    opened.services.deviceEvents.take(identity, { kind: 'progressed', by: 'payload', bundle, bytes: 700 });
    await board.report('failed', { transactionId: 't-1' });
    const flushing = opened.services.runHousekeeping(); // has counted, and has not written yet
    await devices.clearFailures('board-1', person);
    await flushing;
    const { installation } = await afterRestart(() => devices.get('board-1'));
    expect(installation).toMatchObject({ state: 'failed', bytesSent: 700, clearedAt: now() });
  });
});

describe('forgetting a device', () => {
  it('removes it with its installations and logs, and keeps the journal', async () => {
    await board.report('failed', { log: 'no space left' });
    const { installation } = await devices.get('board-1');
    await devices.hold('board-1', 'broken', person);
    await devices.forget('board-1', person);
    await expect(devices.get('board-1')).rejects.toEqual(refusal('not-found'));
    await expect(devices.log(installation?.id ?? 0)).rejects.toEqual(refusal('not-found'));
    await afterRestart(() => undefined);
    await expect(devices.get('board-1')).rejects.toEqual(refusal('not-found'));
    const kinds = (await readJournal(opened.dataDir)).map(({ kind }) => kind);
    expect(kinds).toContain('installation.failed');
    expect(kinds.at(-1)).toBe('device.forgotten');
  });

  it('lets it come back as a new one, with what failed tried again', async () => {
    await board.poll('t-1');
    await board.report('failed', { transactionId: 't-1' });
    await devices.hold('board-1', 'broken', person);
    await devices.forget('board-1', person);
    expect(await board.offered()).toBe('v1.raucb');
    const { device, installations } = await devices.get('board-1');
    expect(device).toMatchObject({ hold: null, channel: 'stable' });
    expect(installations).toHaveLength(1);
  });
});

describe('what a person was told no about, because the disk is full', () => {
  it('does not happen once there is space: made, cancelled, cleared', async () => {
    const disk = new FullDisk();
    const full = await openServices({ now, changeStore: disk.changeStore });
    const { manageDevices } = full.services;
    const { path } = await makeBundle();
    await full.publish(path, { name: 'v1.raucb', activate: true });
    const [failed, begun] = ['failed', 'begun'].map(
      (id) => new SimulatedDevice(full.services, id, { now }),
    ) as [SimulatedDevice, SimulatedDevice];
    for (const device of [failed, begun]) await device.poll('t-1');
    await failed.report('failed');

    await disk.setFull(full.dataDir, true);
    const refused = { code: 'storage-full' };
    await expect(manageDevices.create('new', {}, person)).rejects.toMatchObject(refused);
    await expect(manageDevices.cancel('begun', person)).rejects.toMatchObject(refused);
    await expect(manageDevices.clearFailures('failed', person)).rejects.toMatchObject(refused);
    await disk.setFull(full.dataDir, false);
    await full.services.runHousekeeping();
    const expectUnchanged = async ({ services }: OpenedServices) => {
      await expect(services.manageDevices.get('new')).rejects.toEqual(refusal('not-found'));
      expect((await services.manageDevices.get('begun')).installation?.state).toBe('downloading');
      expect((await services.manageDevices.get('failed')).failures.size).toBe(1);
      expect((await services.readJournal.search({ actor: person.name }, { limit: 9 })).events).toEqual([]);
    };
    await expectUnchanged(full);
    expect(await failed.offered()).toBe('failed-before');
    await full.close();
    const again = await openServices({ dataDir: full.dataDir, now });
    await expectUnchanged(again);
    await again.services.manageDevices.create('new', {}, person);
    await again.close();
  });
});

describe('one decision about many devices', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `many-${index}`);

  it('is one write for a thousand holds, each with its line', async () => {
    await Promise.all(ids.map((id) => opened.store.devices.write({ device: deviceOf(id) })));
    const { result, writes } = await countingWrites(() =>
      devices.decideAll(ids, (plans) => plans.hold('stop'), person),
    );
    expect(result).toEqual({ done: ids, failed: [] });
    expect(writes).toBe(1);
    const { total } = await opened.store.listing.list({
      isHeld: true,
      sort: 'id',
      isDescending: false,
      limit: 1,
    });
    expect(total).toBe(1_000);
    const lines = (await readJournal(opened.dataDir)).filter(({ kind }) => kind === 'device.held');
    expect(lines).toHaveLength(1_000);
  });

  it('is one write for hundreds that may try again, each with its line', async () => {
    const some = ids.slice(0, 200);
    await Promise.all(
      some.map((id, index) =>
        opened.store.devices.write({
          device: deviceOf(id, { pollerOmits: index === 0 ? ['boot-id'] : null }),
          installations: [installationOf({ id: 1_000 + index, deviceId: id, state: 'failed' })],
        }),
      ),
    );
    const { result, writes } = await countingWrites(() =>
      devices.clearAllFailures([...some, 'nobody'], person),
    );
    expect(result).toMatchObject({ done: some, failed: [{ id: 'nobody', error: { code: 'not-found' } }] });
    expect(writes).toBe(1);
    expect((await devices.get('many-0')).device.pollerOmits).toBeNull();
    const again = await afterRestart(() => devices.get('many-199'));
    expect(again).toMatchObject({ failures: new Map(), installation: { clearedAt: now() } });
    expect((await devices.get('many-0')).device.pollerOmits).toBeNull();
    const lines = (await readJournal(opened.dataDir)).filter(
      ({ kind }) => kind === 'device.failures-cleared',
    );
    expect(lines).toHaveLength(200);
  });

  it('leaves out those that cannot have it, and says why', async () => {
    await opened.store.devices.write({ device: deviceOf('foreign', { facts: { compatible: 'other' } }) });
    const pinned = await devices.decideAll(
      ['board-1', 'foreign', 'nobody', 'board-1'],
      (plans) => plans.pin('v1.raucb'),
      person,
    );
    expect(pinned.done).toEqual(['board-1']);
    expect(pinned.failed.map(({ id, error: { code } }) => `${id}: ${code}`)).toEqual([
      'foreign: conflict',
      'nobody: not-found',
    ]);
    const gone = await devices.decideAll(['board-1'], (plans) => plans.pin('gone.raucb'), person);
    expect(gone).toMatchObject({ done: [], failed: [{ id: 'board-1', error: { code: 'not-found' } }] });
    expect((await devices.get('board-1')).device.pin?.bundleName).toBe('v1.raucb');
  });
});
