import type { UpSpan } from '../../../src/core/server-clock';
import { type ContractAdapter, failAtEachStep, type MakeAdapter } from './adapter';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 0, minute));

function spanOf(id: number): UpSpan {
  return {
    id,
    fromAt: at(id),
    untilAt: at(id + 1),
    fromUpMs: id * 60_000,
    upMs: (id + 1) * 60_000,
    ageMs: (id + 1) * 70_000,
    sureAt: id % 2 === 0 ? at(id) : null,
    sureUpMs: 5,
    jumpedByMs: id % 2 === 0 ? null : -4_000_000_000,
  };
}

/** What every store of the server's own notes does: its uptime, how far old data was deleted, and steps that are done once. */
export function describeNotes(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  it('keeps spans of uptime in their order, replaces and removes them, also after a restart', async () => {
    const upTime = () => adapter.store.upTime;
    expect(await upTime().all()).toEqual([]);
    await upTime().save([spanOf(3), spanOf(1), spanOf(2)], []);
    const longer = { ...spanOf(3), untilAt: at(30), upMs: 9_000_000_000 };
    await upTime().save([longer], [1]);
    await adapter.reopen();
    expect(await upTime().all()).toEqual([spanOf(2), longer]);
  });

  it('replaces spans as a whole or not at all', async () => {
    const { upTime } = adapter.store;
    await upTime.save([spanOf(1), spanOf(2)], []);
    await failAtEachStep(
      adapter,
      () => upTime.save([spanOf(3)], [1, 2]),
      async () => expect(await upTime.all()).toEqual([spanOf(1), spanOf(2)]),
    );
    expect(await upTime.all()).toEqual([spanOf(3)]);
  });

  it('keeps one mark for each kind of old data, the latest', async () => {
    const retention = () => adapter.store.retention;
    await retention().save({ what: 'journal', before: at(1), upMs: 10 });
    await retention().save({ what: 'history-day', before: at(2), upMs: 20 });
    await retention().save({ what: 'journal', before: at(3), upMs: 30.4 });
    await adapter.reopen();
    const marks = [...(await retention().all())].sort((a, b) => (a.what < b.what ? -1 : 1));
    expect(marks).toEqual([
      { what: 'history-day', before: at(2), upMs: 20 },
      { what: 'journal', before: at(3), upMs: 30 },
    ]);
  });

  it('remembers steps that are done once', async () => {
    const markers = () => adapter.store.markers;
    expect(await markers().has('imported')).toBe(false);
    await markers().set('imported', at(1));
    await markers().set('imported', at(2));
    await adapter.reopen();
    expect(await markers().has('imported')).toBe(true);
    expect(await markers().has('other')).toBe(false);
  });
}
