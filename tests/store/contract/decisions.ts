import { maxLabels } from '../../../src/core/device';
import type { DecisionChange, DeviceDecisions } from '../../../src/core/device-decisions';
import type { NewEvent } from '../../../src/core/event';
import type { Fleet } from '../../../src/ports/fleet';
import { deviceOf } from '../../support/device-factory';
import { madeAt } from '../../support/fleet-factory';
import { refusal } from '../../support/refusal';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';
import { at, commit, first, line } from './catalog-parts';

/** How every store writes what people decide about devices. */
export function describeDecisions(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  let fleet: Fleet;
  const ids = ['a', 'b', 'c'];
  beforeEach(async () => {
    adapter = await make();
    await commit(adapter, { bundle: first });
    for (const id of ids) await adapter.put({ device: deviceOf(id) });
    fleet = await adapter.fleet();
    for (const id of ids) await fleet.find(id); // what fails later is not a read
  });
  afterEach(() => adapter.close());

  /** As the database has it. */
  const found = async (id: string) => (await (await adapter.beside()).find(id))?.device;
  const decide = (id: string, change: DecisionChange, who = 'ann', on = fleet) =>
    on.decisions.decide(
      id,
      () => change,
      () => [lineOf(who)],
    );
  const holdAll = async () => {
    const { failed } = await fleet.decisions.decideAll(
      ids,
      () => ({ hold }),
      ({ id }) => [lineOf(id)],
    );
    if (failed[0] !== undefined) throw failed[0].error;
  };
  const holds = () => Promise.all(ids.map(async (id) => (await found(id))?.hold));
  const hold = { reason: 'stop', by: 'ann', at: madeAt };
  const window = { schedule: '0 0 3 ? * SAT', duration: '02:00:00', timezone: '+01:00' };
  const terms = { kind: 'soft', window } as const;
  const pin = { bundleName: first.name, by: 'bob', at: madeAt, terms };
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
    ['a pin that is forced later', { pin: { ...pin, terms: { ...terms, forcedAt: at } } }],
  ])('leaves all but %s as it was', async (_, change) => {
    const all: DeviceDecisions = {
      channel: 'nightly',
      labels: ['site'],
      notes: 'noted',
      admission: 'admitted',
      hold: { ...hold, reason: 'first' },
      pin: { ...pin, by: 'ann' },
    };
    await decide('a', all);
    const before = await found('a');
    const { device } = await decide('a', change, 'bob');
    expect(device).toEqual({ ...before, ...change });
    expect(await found('a')).toEqual(device);
    expect(await told(adapter)).toEqual(['ann: device.held', 'bob: device.held']);
  });

  it('undoes nothing of what another decides about the same device at the same time', async () => {
    const other = await adapter.beside();
    await Promise.all([
      decide('a', { hold }),
      decide('a', { notes: 'on a desk', labels: ['lab'] }, 'bob', other),
    ]);
    await Promise.all([decide('a', { channel: 'beta' }), decide('a', { pin }, 'bob', other)]);
    const both = { hold, notes: 'on a desk', labels: ['lab'], channel: 'beta', pin };
    expect(await found('a')).toMatchObject(both);
  });

  it('lets both win who change different labels of a device at the same time', async () => {
    await decide('a', { labels: ['old', 'site'] });
    const other = await adapter.beside();
    await Promise.all([
      decide('a', { labelChange: { added: ['lab', 'site'], removed: ['old'] } }),
      decide('a', { labelChange: { added: ['pilot'], removed: [] } }, 'bob', other),
    ]);
    expect((await found('a'))?.labels).toEqual(['lab', 'pilot', 'site']);
  });

  it('refuses the second of two labels when only one of them fits', async () => {
    const full = Array.from({ length: maxLabels - 1 }, (_, index) => `l-${String(index).padStart(2, '0')}`);
    await decide('a', { labels: full });
    const other = await adapter.beside();
    const outcomes = await Promise.allSettled([
      decide('a', { labelChange: { added: ['x'], removed: [] } }),
      decide('a', { labelChange: { added: ['y'], removed: [] } }, 'bob', other),
    ]);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([{ reason: refusal('invalid-input') }]);
    expect((await found('a'))?.labels).toHaveLength(maxLabels);
    expect(await told(adapter)).toHaveLength(2);
  });

  it('takes back a hold and a pin', async () => {
    await decide('a', { hold, pin });
    await decide('a', { hold: null });
    expect(await found('a')).toMatchObject({ hold: null, pin });
    await decide('a', { pin: null });
    expect(await found('a')).toMatchObject({ hold: null, pin: null });
  });

  it('is about all devices, with a line for each, or about none', async () => {
    await failAtEachStep(adapter, holdAll, async () => {
      expect(await holds()).toEqual([null, null, null]);
      expect((await fleet.get('a')).device.hold).toBeNull();
      expect(await told(adapter)).toEqual([]);
    });
    expect(await holds()).toEqual([hold, hold, hold]);
    expect(await told(adapter)).toEqual(['a: device.held', 'b: device.held', 'c: device.held']);
  });

  it('pins to a bundle that is there, and to none that was deleted first', async () => {
    await decide('a', { pin });
    await deleteBundle();
    const late = await fleet.decisions.decideAll(
      ['b', 'c'],
      ({ id }) => (id === 'c' ? { pin } : { hold }),
      () => [],
    );
    const refused = refusal('not-found');
    expect(late).toMatchObject({ done: [], failed: [{ error: refused }, { error: refused }] });
    expect(await found('a')).toMatchObject({ pin });
    expect(await found('b')).toMatchObject({ hold: null });
    expect(await found('c')).toMatchObject({ pin: null });
    await decide('a', { hold }); // its old pin keeps nobody from deciding
    expect(await found('a')).toMatchObject({ hold, pin });
  });

  it('refuses a pin that is written right after the bundle was deleted', async () => {
    const [deleted, pinned] = await Promise.allSettled([deleteBundle(), decide('a', { pin })]);
    expect(deleted.status).toBe('fulfilled');
    expect(pinned).toMatchObject({ status: 'rejected', reason: refusal('not-found') });
    expect((await found('a'))?.pin).toBeNull();
  });

  it('pins again when the deleted bundle was uploaded again', async () => {
    await deleteBundle();
    await commit(adapter, { bundle: first });
    await decide('a', { pin });
    expect((await found('a'))?.pin).toEqual(pin);
  });
}

function lineOf(name: string): NewEvent {
  return { ...line(name), kind: 'device.held' };
}
