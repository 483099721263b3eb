import type { NewEvent } from '../../../src/core/event';
import type { DeviceDecision, DeviceDecisions } from '../../../src/ports/devices';
import { deviceOf } from '../../support/device-factory';
import { madeAt } from '../../support/fleet-factory';
import { refusal } from '../../support/refusal';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';
import { at, commit, first, line } from './catalog-parts';

/** How every store writes what people decide about devices. */
export function describeDecisions(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
    await commit(adapter, { bundle: first });
    for (const id of ['a', 'b', 'c']) await adapter.store.devices.write({ device: deviceOf(id) });
  });
  afterEach(() => adapter.close());

  const found = async (id: string) => (await adapter.store.devices.find(id))?.device;
  const decision = (id: string, change: Partial<DeviceDecisions>, who = 'ann'): DeviceDecision => ({
    id,
    change,
    events: [lineOf(who)],
  });
  const hold = { reason: 'stop', by: 'ann', at: madeAt };
  const pin = { bundleName: first.name, by: 'bob', at: madeAt };
  const deleteBundle = () =>
    adapter.store.catalog.tombstone({
      name: first.name,
      at,
      by: 'ann',
      events: [line('ann')],
      committed: () => undefined,
    });

  it.each<[string, Partial<DeviceDecisions>]>([
    ['a channel', { channel: 'beta' }],
    ['labels', { labels: ['lab', 'old'] }],
    ['notes', { notes: 'on a desk' }],
    ['an admission', { admission: 'waiting' }],
    ['a hold', { hold }],
    ['a pin', { pin }],
  ])('leaves all but %s as it was', async (_, change) => {
    const all: DeviceDecisions = {
      channel: 'nightly',
      labels: ['site'],
      notes: 'noted',
      admission: 'admitted',
      hold: { ...hold, reason: 'first' },
      pin: { ...pin, by: 'ann' },
    };
    const { devices } = adapter.store;
    await devices.decide([decision('a', all)]);
    const before = await found('a');
    await devices.decide([decision('a', change, 'bob')]);
    expect(await found('a')).toEqual({ ...before, ...change });
    expect(await told(adapter)).toEqual(['ann: device.held', 'bob: device.held']);
  });

  it('undoes nothing of what another decides about the same device at the same time', async () => {
    const other = adapter.beside().devices;
    await Promise.all([
      adapter.store.devices.decide([decision('a', { hold })]),
      other.decide([decision('a', { notes: 'on a desk', labels: ['lab'] }, 'bob')]),
    ]);
    await Promise.all([
      adapter.store.devices.decide([decision('a', { channel: 'beta' })]),
      other.decide([decision('a', { pin }, 'bob')]),
    ]);
    const both = { hold, notes: 'on a desk', labels: ['lab'], channel: 'beta', pin };
    expect(await found('a')).toMatchObject(both);
    expect((await other.find('a'))?.device).toMatchObject(both);
  });

  it('takes back a hold and a pin', async () => {
    const { devices } = adapter.store;
    await devices.decide([decision('a', { hold, pin })]);
    await devices.decide([decision('a', { hold: null })]);
    expect(await found('a')).toMatchObject({ hold: null, pin });
    await devices.decide([decision('a', { pin: null })]);
    expect(await found('a')).toMatchObject({ hold: null, pin: null });
  });

  it('is about all devices, with a line for each, or about none', async () => {
    await failAtEachStep(
      adapter,
      () => adapter.store.devices.decide(['a', 'b', 'c'].map((id) => decision(id, { hold }, id))),
      async () => {
        expect(await Promise.all(['a', 'b', 'c'].map(async (id) => (await found(id))?.hold))).toEqual([
          null,
          null,
          null,
        ]);
        expect(await told(adapter)).toEqual([]);
      },
    );
    expect(await Promise.all(['a', 'b', 'c'].map(async (id) => (await found(id))?.hold))).toEqual([
      hold,
      hold,
      hold,
    ]);
    expect(await told(adapter)).toEqual(['a: device.held', 'b: device.held', 'c: device.held']);
  });

  it('pins to a bundle that is there, and to none that was deleted first', async () => {
    const { devices } = adapter.store;
    await devices.decide([decision('a', { pin })]);
    await deleteBundle();
    const late = devices.decide([decision('b', { hold }), decision('c', { pin })]);
    await expect(late).rejects.toEqual(refusal('not-found'));
    expect(await found('a')).toMatchObject({ pin });
    expect(await found('b')).toMatchObject({ hold: null });
    expect(await found('c')).toMatchObject({ pin: null });
    await devices.decide([decision('a', { hold })]); // its old pin keeps nobody from deciding
    expect(await found('a')).toMatchObject({ hold, pin });
  });

  it('refuses a pin that is written right after the bundle was deleted', async () => {
    const [deleted, pinned] = await Promise.allSettled([
      deleteBundle(),
      adapter.store.devices.decide([decision('a', { pin })]),
    ]);
    expect(deleted.status).toBe('fulfilled');
    expect(pinned).toMatchObject({ status: 'rejected', reason: refusal('not-found') });
    expect((await found('a'))?.pin).toBeNull();
  });

  it('pins again when the deleted bundle was uploaded again', async () => {
    await deleteBundle();
    await commit(adapter, { bundle: first });
    await adapter.store.devices.decide([decision('a', { pin })]);
    expect((await found('a'))?.pin).toEqual(pin);
  });
}

function lineOf(name: string): NewEvent {
  return { ...line(name), kind: 'device.held' };
}
