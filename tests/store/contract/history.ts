import type { HistoryCount } from '../../../src/ports/history';
import { type ContractAdapter, failAtEachStep, type MakeAdapter } from './adapter';

const hour = (count: number) => new Date(Date.UTC(2026, 10, 2, count));
const count = (version: string | null, devices: number, more: Partial<HistoryCount> = {}): HistoryCount => ({
  compatible: 'board',
  channel: 'stable',
  version,
  devices,
  ...more,
});

/** What every store of the fleet's history does. */
export function describeHistoryRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const history = () => adapter.store.history;
  const times = () => history().times(hour(0));
  /** By version. */
  async function counts(at: Date, of: { readonly compatible?: string; readonly channel?: string } = {}) {
    const found = await history().counts([at], of);
    return Object.fromEntries(found.map(({ version, devices }) => [version ?? '', devices]));
  }

  it('counts by version what was saved, all channels that fit together, also over a restart', async () => {
    expect(await history().lastAt()).toBeUndefined();
    await history().save(hour(1), 'day', [
      count('1.0', 3),
      count(null, 2),
      count('1.0', 4, { channel: 'beta' }),
      count('9.0', 5, { compatible: 'other' }),
    ]);
    await adapter.reopen();
    expect(await history().lastAt()).toEqual(hour(1));
    expect(await counts(hour(1))).toEqual({ '1.0': 7, '9.0': 5, '': 2 });
    expect(await counts(hour(1), { compatible: 'board', channel: 'stable' })).toEqual({ '1.0': 3, '': 2 });
    expect(await history().counts([], {})).toEqual([]);
  });

  it('tells when snapshots were taken since a time, that time included, the oldest first', async () => {
    for (const at of [1, 2, 3]) await history().save(hour(at), 'moment', [count('1.0', at)]);
    expect(await history().times(hour(2))).toEqual([hour(2), hour(3)]);
    const found = await history().counts([hour(3), hour(1)], {});
    expect(found.map(({ at, devices }) => [at.getUTCHours(), devices]).sort()).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  it('has one snapshot when two are taken of the same time at once, with the counts of one', async () => {
    await Promise.all([
      history().save(hour(1), 'moment', [count('1.0', 1), count('1.1', 1)]),
      history().save(hour(1), 'moment', [count('2.0', 2)]),
    ]);
    expect(await times()).toEqual([hour(1)]);
    expect([{ '1.0': 1, '1.1': 1 }, { '2.0': 2 }]).toContainEqual(await counts(hour(1)));
  });

  it('takes a new snapshot and those after it back as a whole, or neither', async () => {
    for (const at of [1, 5, 6]) await history().save(hour(at), 'moment', [count('1.0', at)]);
    await failAtEachStep(
      adapter,
      () => history().save(hour(2), 'moment', [count('1.0', 2), count('1.1', 2)]),
      async () => {
        expect(await times()).toEqual([hour(1), hour(5), hour(6)]);
        expect(await counts(hour(5))).toEqual({ '1.0': 5 });
        expect(await counts(hour(2))).toEqual({});
      },
    );
    expect(await times()).toEqual([hour(1), hour(2)]);
    expect([await counts(hour(2)), await counts(hour(5))]).toEqual([{ '1.0': 2, '1.1': 2 }, {}]);
  });

  it('removes the oldest of a grain, so many at a time, with what they counted', async () => {
    for (const at of [1, 2, 3, 4])
      await history().save(hour(at), at === 2 ? 'hour' : 'moment', [count('1.0', at)]);
    await history().prune('moment', hour(4), 1);
    expect(await times()).toEqual([hour(2), hour(3), hour(4)]);
    expect(await counts(hour(1))).toEqual({});
    await history().prune('moment', hour(4), 9);
    expect(await times()).toEqual([hour(2), hour(4)]);
  });

  it('answers who looks while a snapshot hangs, without it', async () => {
    const release = adapter.hang();
    const saving = history().save(hour(1), 'moment', [count('1.0', 1)]);
    expect(await times()).toEqual([]);
    release();
    await saving;
    expect(await times()).toEqual([hour(1)]);
  });
}
