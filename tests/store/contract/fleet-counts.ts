import { deviceOf } from '../../support/device-factory';
import { hourMs, installationOf, madeAt } from '../../support/fleet-factory';
import { refusal } from '../../support/refusal';
import type { ContractAdapter, MakeAdapter } from './adapter';

const pin = { bundleName: 'board-2.0.0.raucb', by: 'ann', at: madeAt };
const later = new Date(madeAt.getTime() + hourMs);

/** What every store counts of the fleet. */
export function describeFleetCounts(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
    const running = { systemVersion: '1.0.0' };
    await adapter.put({
      device: deviceOf('a', { facts: running, labels: ['lab'] }),
      installations: [installationOf({ deviceId: 'a', state: 'failed' })],
    });
    await adapter.put({
      device: deviceOf('b', { facts: running, lastContactAt: later, labels: ['lab', 'hot'] }),
      installations: [installationOf({ id: 2, deviceId: 'b', state: 'proven' })],
    });
    await adapter.put({ device: deviceOf('c', { pin, admission: 'waiting' }) });
    await adapter.put({ device: deviceOf('d', { facts: running, channel: 'beta' }) });
  });
  afterEach(() => adapter.close());

  const counts = () => adapter.store.counts;
  const listing = () => adapter.store.listing;

  it('counts devices by what they are, run and do, and those that somebody decided about', async () => {
    const census = await listing().census();
    expect(census).toHaveLength(4);
    expect(census).toContainEqual({
      compatible: 'board',
      channel: 'stable',
      systemVersion: '1.0.0',
      installationState: 'failed',
      devices: 1,
    });
    expect(await listing().attention()).toEqual({ devices: 4, waiting: 1, held: 0, pinned: 1 });
  });

  it('counts what a channel runs without those that are pinned, a page of versions at a time', async () => {
    const page = { compatible: 'board', channel: 'stable', limit: 9 };
    expect(await listing().channelVersions({ ...page, afterVersion: '' })).toEqual([
      { systemVersion: null, devices: 0 },
      { systemVersion: '1.0.0', devices: 2 },
    ]);
    expect(await listing().channelVersions({ ...page, afterVersion: '1.0.0' })).toEqual([]);
  });

  it('has the devices of a label by id, and the most frequent labels first', async () => {
    const first = await listing().labelledDevices({ label: 'lab', afterId: '', limit: 1 });
    expect(first).toEqual([{ id: 'a', compatible: 'board', channel: 'stable' }]);
    const rest = await listing().labelledDevices({ label: 'lab', afterId: 'a', limit: 9 });
    expect(rest.map(({ id }) => id)).toEqual(['b']);
    expect(await counts().labels(1)).toEqual([{ label: 'lab', devices: 2 }]);
  });

  it('finds the devices with an attribute by its exact name and value, whatever is in the others', async () => {
    const told: Readonly<Record<string, Record<string, string>>> = {
      first: { 'a"b': 'größe ✓', z: '1' },
      later: { z: '1', 'a"b': 'größe ✓' },
      other: { 'x,"a"b': 'größe ✓', y: '{"a\\"b":"größe ✓"', 'A"b': 'größe ✓', b: 'größe ✓' },
      longer: { 'a"b': 'größe ✓!' },
    };
    for (const [id, attributes] of Object.entries(told))
      await adapter.put({ device: deviceOf(id, { facts: { attributes }, lastContactAt: later }) });
    const attribute = { name: 'a"b', value: 'größe ✓' };
    const { devices, next } = await listing().walk({ channel: 'stable', attribute }, '');
    expect(devices.map(({ device }) => device.id)).toEqual(['first', 'later']);
    expect(next).toBeNull();

    const page = { releaseId: 1, compatible: 'board', channel: 'stable', afterId: 'd', limit: 9 };
    const read = await adapter.store.devices.rolloutDevices({ ...page, withAttributes: true });
    expect(Object.fromEntries(read.map(({ id, attributes }) => [id, attributes]))).toEqual(told);
    const [unread] = await adapter.store.devices.rolloutDevices({ ...page, withAttributes: false });
    expect(unread).toMatchObject({ id: 'first', attributes: {} });
  });

  it('counts the devices of a release by step and by what they came to', async () => {
    expect(await listing().outcomes(1)).toEqual([
      { step: 0, state: 'failed', devices: 1 },
      { step: 0, state: 'proven', devices: 1 },
    ]);
    expect(await listing().outcomes(2)).toEqual([]);
  });

  it('counts the devices that need attention, until a person has cleared what went wrong', async () => {
    const troubled = { compatible: 'board', channel: 'stable', state: 'failed', devices: 1, ids: ['a'] };
    expect(await counts().troubled()).toEqual([troubled]);
    const cleared = installationOf({ deviceId: 'a', state: 'failed', clearedAt: later });
    await adapter.put({ installations: [cleared] });
    expect(await counts().troubled()).toEqual([]);
    expect(await counts().stopped(later)).toEqual([]);
  });

  it('names the first twenty of the devices of each kind by id, and counts them all', async () => {
    for (let number = 125; number > 100; number -= 1) {
      const deviceId = `n-${number}`;
      const state = number > 122 ? 'lost' : 'stopped';
      await adapter.put({
        device: deviceOf(deviceId, { channel: number === 125 ? 'beta' : 'stable' }),
        installations: [installationOf({ id: number, deviceId, state, movedAt: madeAt })],
      });
    }
    const lost = { compatible: 'board', state: 'lost', devices: 1 };
    expect(await counts().troubled()).toEqual(
      expect.arrayContaining([
        { ...lost, channel: 'beta', ids: ['n-125'] },
        { ...lost, channel: 'stable', devices: 2, ids: ['n-123', 'n-124'] },
      ]),
    );
    const [stopped, ...others] = await counts().stopped(later);
    expect(stopped).toMatchObject({ compatible: 'board', channel: 'stable', devices: 22 });
    expect(stopped?.ids).toEqual(Array.from({ length: 20 }, (_, index) => `n-${101 + index}`));
    expect(others).toEqual([]);
  });

  it('tells who was seen since a time, that time included, and whether any device told an outcome', async () => {
    expect([await counts().seenSince(later), await counts().seenSince(madeAt)]).toEqual([1, 4]);
    expect(await counts().hasOutcome()).toBe(true);
    expect(await counts().otherClaims()).toEqual({ devices: 0, ids: [] });
    expect(await counts().silentPollers()).toEqual([]);
    expect(await counts().sharedCertificates(madeAt, 9)).toEqual([]);
  });

  it('counts who was last heard before a time, those that somebody holds left out, and names the latest', async () => {
    const hold = { reason: 'in a drawer', by: 'ann', at: madeAt };
    await adapter.put({ device: deviceOf('e', { hold }) });
    await adapter.put({ device: deviceOf('f', { lastContactAt: null }) });
    expect(await counts().silent(madeAt)).toEqual({ devices: 0, ids: [] });
    expect(await counts().silent(later)).toEqual({ devices: 3, ids: ['d', 'c', 'a'] });
    const muchLater = new Date(later.getTime() + 1);
    expect(await counts().silent(muchLater)).toEqual({ devices: 4, ids: ['b', 'd', 'c', 'a'] });
  });

  it('goes through all devices that fit by id, also those that come while it does', async () => {
    const walk = (afterId: string) => listing().walk({ label: 'lab' }, afterId);
    const first = await walk('');
    expect(first.devices.map(({ device, installation }) => [device.id, installation?.state])).toEqual([
      ['a', 'failed'],
      ['b', 'proven'],
    ]);
    expect(first.next).toBeNull();
    await adapter.put({ device: deviceOf('bb', { labels: ['lab'] }) });
    expect((await walk('b')).devices.map(({ device }) => device.id)).toEqual(['bb']);
  });

  it('counts who would notice that a bundle is gone', async () => {
    const bundle = { name: pin.bundleName, compatible: 'board', version: '1.0.0' };
    expect(await counts().ofBundle(bundle)).toEqual({ running: 3, installing: 0, pinned: 1, failed: 1 });
    expect(await counts().ofBundle({ ...bundle, version: null })).toMatchObject({ running: 0 });
  });

  it('refuses to count once it is closed, and does not throw at who asks', async () => {
    const { counts: closed, listing: alsoClosed } = adapter.store;
    await adapter.close();
    const counting = [closed.troubled(), closed.labels(9), closed.silent(madeAt)];
    const listed = [alsoClosed.census(), alsoClosed.attention(), alsoClosed.walk({}, '')];
    for (const asked of [...counting, ...listed]) await expect(asked).rejects.toEqual(refusal('unavailable'));
  });
}
