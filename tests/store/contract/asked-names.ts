import { type ContractAdapter, failAtEachStep, type MakeAdapter } from './adapter';

const hour = (count: number) => new Date(Date.UTC(2026, 10, 2, count));
const asked = (name: string, at: number) => ({ name, askedAt: hour(at) });

/** What every store of the names that devices ask for does. */
export function describeAskedNameRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const names = () => adapter.store.askedNames;

  it('keeps when each name was asked for last, the oldest first, also over a restart', async () => {
    await names().save([asked('b', 1), asked('a', 2)], 9);
    await names().save([asked('b', 3)], 9);
    await adapter.reopen();
    expect(await names().all()).toEqual([asked('a', 2), asked('b', 3)]);
  });

  it('takes a time that lies before the known one: that clock was wrong', async () => {
    await names().save([asked('a', 9)], 9);
    await names().save([asked('a', 1)], 9);
    expect(await names().all()).toEqual([asked('a', 1)]);
  });

  it('keeps so many, the latest, also when two save at once and in another order', async () => {
    await names().save([asked('old', 0)], 9);
    await Promise.all([
      names().save([asked('a', 1), asked('b', 2), asked('c', 3)], 3),
      names().save([asked('d', 4), asked('c', 3), asked('b', 2)], 3),
    ]);
    expect(await names().all()).toEqual([asked('b', 2), asked('c', 3), asked('d', 4)]);
  });

  it('saves all of them and drops what is too much, or does neither', async () => {
    await names().save([asked('old', 0)], 2);
    await failAtEachStep(
      adapter,
      () => names().save([asked('a', 1), asked('b', 2)], 2),
      async () => {
        expect(await names().all()).toEqual([asked('old', 0)]);
      },
    );
    expect(await names().all()).toEqual([asked('a', 1), asked('b', 2)]);
  });

  it('answers who looks while a save hangs, as it was until then', async () => {
    const release = adapter.hang();
    const saving = names().save([asked('a', 1)], 9);
    expect(await names().all()).toEqual([]);
    release();
    await saving;
    expect(await names().all()).toEqual([asked('a', 1)]);
  });
}
