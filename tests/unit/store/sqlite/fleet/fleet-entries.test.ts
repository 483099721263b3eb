import { newDevice } from '../../../../../src/core/device';
import { newcomer } from '../../../../../src/core/device-record';
import { FleetEntries } from '../../../../../src/store/sqlite/fleet/fleet-entries';
import { ReleaseCounters } from '../../../../../src/store/sqlite/fleet/release-counters';

const record = (id: string) => newcomer(newDevice(id, 'admitted', new Date(0)));

function entriesOf(max: number, busy: ReadonlySet<string> = new Set()) {
  const counters = new ReleaseCounters([], { offerLifetimeMs: 1, now: () => new Date(0), ageMs: () => 0 });
  const devices = { find: (id: string) => Promise.resolve(record(id)) };
  return new FleetEntries({ devices, counters, isBusy: ({ id }) => busy.has(id) }, max);
}

const idsOf = (entries: FleetEntries) => entries.all().map(({ id }) => id);

describe('devices in memory', () => {
  it('leave when there are too many, those that nobody looked at first', () => {
    const entries = entriesOf(3);
    for (const id of ['a', 'b', 'c']) entries.add(record(id));
    entries.recent('a');
    entries.add(record('d'));
    expect(idsOf(entries)).toEqual(['c', 'd', 'a']);
    entries.add(record('e'));
    entries.add(record('f'));
    expect(idsOf(entries)).toEqual(['a', 'e', 'f']);
  });

  it('stay while something about them is not on disk, and the one that came stays', () => {
    const entries = entriesOf(2, new Set(['a', 'b']));
    for (const id of ['a', 'b', 'c', 'd']) entries.add(record(id));
    expect(idsOf(entries)).toEqual(['a', 'b', 'd']);
  });

  it('leave also where all were looked at', () => {
    const ids = Array.from({ length: 40 }, (_, index) => `device-${index}`);
    const entries = entriesOf(ids.length);
    for (const id of ids) entries.add(record(id));
    for (const id of ids) entries.recent(id);
    entries.add(record('new'));
    expect(idsOf(entries)).toHaveLength(ids.length);
    expect(entries.peek('new')).toBeDefined();
  });

  it('are read again after they left, and who holds one that left goes on with it', async () => {
    const entries = entriesOf(1);
    const held = entries.add(record('a'));
    held.pack();
    entries.add(record('b')).pack();
    expect(entries.peek('a')).toBeUndefined();
    entries.add(record('c')).pack();
    expect(held.record).toEqual(record('a'));
    expect(await entries.find('a')).not.toBe(held);
  });
});
