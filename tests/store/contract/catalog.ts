import type { Activation, NewActivation } from '../../../src/core/release';
import { everyoneAtOnce, type Rollout } from '../../../src/core/rollout';
import type { CatalogChange } from '../../../src/ports/catalog';
import { anyReason } from '../../support/any-reason';
import { deviceOf } from '../../support/device-factory';
import { installationOf } from '../../support/fleet-factory';
import { refusal } from '../../support/refusal';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';
import {
  activation,
  at,
  commit as commitTo,
  first,
  line,
  refuse,
  release as releaseOn,
  rollout,
  second,
} from './catalog-parts';

/** What every store of bundles and releases does. */
export function describeCatalogRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  /** What was shown as committed: the ids of the lines of history. */
  let shown: (number | undefined)[];
  beforeEach(async () => {
    shown = [];
    adapter = await make();
    for (const bundle of [first, second]) await commit({ bundle });
    shown = [];
  });
  afterEach(() => adapter.close());

  const catalog = () => adapter.store.catalog;
  const show = (made: Activation | undefined) => shown.push(made?.id);
  const commit = (change: CatalogChange) => commitTo(adapter, change, show);
  const release = (bundleName: string, change: Partial<NewActivation> = {}) =>
    releaseOn(adapter, bundleName, change, show);
  const releases = async () => (await catalog().load()).releases;

  it('has bundles and what is current of them, also after a restart', async () => {
    const id = await release(second.name, { forced: true });
    await adapter.reopen();
    expect(await catalog().load()).toEqual({
      version: expect.any(Number) as unknown,
      bundles: expect.arrayContaining([first, second]) as unknown,
      releases: [
        {
          id,
          compatible: 'board',
          channel: 'stable',
          bundle: second,
          releasedAt: at,
          releasedBy: 'ann',
          forced: true,
          rollout: rollout(),
        },
      ],
    });
    await commit({ activation: activation(null) });
    expect(await releases()).toEqual([]);
  });

  it('never gives a name other bytes, also when the bundle was deleted', async () => {
    const deleted = { name: first.name, at, by: 'ann', events: [] };
    await catalog().tombstone({ ...deleted, committed: () => undefined });
    const other = { ...first, sha256: second.sha256 };
    await expect(commit({ bundle: other, activation: activation(first.name) })).rejects.toThrow();
    expect(await catalog().binding(first.name)).toEqual({ sha256: first.sha256, deletedAt: at });
    expect([await catalog().history({ limit: 9 }), await releases()]).toEqual([[], []]);
    await commit({ bundle: first });
    expect(await catalog().binding(first.name)).toEqual({ sha256: first.sha256, deletedAt: null });
    expect(await catalog().binding('none')).toBeUndefined();
  });

  it('tells its history, the newest first, by channel and by bundle, a page at a time', async () => {
    await release(first.name);
    await release(second.name, { channel: 'beta' });
    await release(second.name);
    await commit({ activation: activation(null) });
    const history = await catalog().history({ limit: 9 });
    expect(history.map(({ channel, bundleName }) => [channel, bundleName])).toEqual([
      ['stable', null],
      ['stable', second.name],
      ['beta', second.name],
      ['stable', first.name],
    ]);
    expect(history[0]).toMatchObject({ action: 'deactivate', releaseId: null });
    expect(await catalog().history({ compatible: 'board', channel: 'beta', limit: 9 })).toEqual([history[2]]);
    expect(await catalog().history({ activated: first.name, limit: 9 })).toEqual([history[3]]);
    const beforeId = history[1]?.id ?? 0;
    expect(await catalog().history({ limit: 1, beforeId })).toEqual([history[2]]);
  });

  it('keeps the id of a release that is brought back, and numbers the line of history again', async () => {
    const id = await release(first.name);
    await release(second.name);
    const back = rollout({ state: 'paused', reason: 'as it was' });
    const made = await commit({
      activation: activation(first.name),
      returning: { releaseId: id, rollout: back },
    });
    expect(made).toMatchObject({ releaseId: id });
    expect(made?.id).not.toBe(id);
    expect(await releases()).toMatchObject([{ id, bundle: first, rollout: back }]);
  });

  it('makes one of two releases at once current, the one that its history names last', async () => {
    const ids = await Promise.all([release(first.name), release(second.name)]);
    const [last, before] = await catalog().history({ limit: 9 });
    expect(new Set([last?.id, before?.id])).toEqual(new Set(ids));
    expect(await releases()).toMatchObject([{ id: last?.releaseId, bundle: { name: last?.bundleName } }]);
    expect(shown).toEqual([before?.id, last?.id]);
  });

  it('has all of one of two changes of a release at once, the one that was shown last', async () => {
    const releaseId = await release(first.name);
    const order: string[] = [];
    const move = (changed: Rollout) =>
      catalog().commit({
        rollout: { releaseId, rollout: changed },
        committed: () => order.push(changed.changedBy),
      });
    const moves = [
      rollout({ state: 'paused', reason: 'hot', changedBy: 'bob' }),
      rollout({ forgivenFailures: 3, changedBy: 'eve' }),
    ];
    await Promise.all(moves.map(move));
    expect([...order].sort()).toEqual(['bob', 'eve']);
    const last = moves.find(({ changedBy }) => changedBy === order[1]);
    expect((await releases())[0]?.rollout).toEqual(last);
  });

  it('tells the lines of a change which number the history gave it', async () => {
    await commit({
      activation: activation(first.name),
      events: (made) => [
        { ...line('ann'), kind: 'release.activated', reason: anyReason(`line ${made?.id}`) },
      ],
    });
    const [made] = await catalog().history({ limit: 1 });
    expect(await adapter.store.journal.after(0, 9)).toMatchObject([
      { reason: anyReason(`line ${made?.id}`) },
    ]);
  });

  it('changes all of it or nothing, and shows it once it lasts', async () => {
    const before = await catalog().load();
    const change = {
      bundle: { ...first, uploadedBy: 'bob' },
      activation: activation(first.name),
      policy: everyoneAtOnce,
      events: () => [line('ann')],
    };
    await failAtEachStep(
      adapter,
      () => commit(change),
      async () => {
        expect(await catalog().load()).toEqual(before);
        expect([await catalog().history({ limit: 9 }), await told(adapter), shown]).toEqual([[], [], []]);
      },
    );
    expect(shown).toHaveLength(1);
    await adapter.reopen();
    expect(await releases()).toMatchObject([{ bundle: { name: first.name, uploadedBy: 'bob' } }]);
  });

  it('answers who looks while a change hangs, as it was until then', async () => {
    const letGo = adapter.hang();
    const releasing = release(first.name);
    expect([await catalog().history({ limit: 9 }), shown]).toEqual([[], []]);
    letGo();
    await releasing;
    expect(await releases()).toHaveLength(1);
  });

  describe('a change that is guarded', () => {
    const guarded = (releaseId: number, heard: boolean[]) =>
      commit({
        activation: activation(null),
        events: () => [line('ann')],
        guard: {
          releaseId,
          check(wasOffered) {
            heard.push(wasOffered);
            if (wasOffered) refuse();
          },
        },
      });
    const offer = (releaseId: number) =>
      adapter.put({
        device: deviceOf('dev-1'),
        installations: [installationOf({ releaseId })],
      });

    it('happens while no device was offered the release', async () => {
      const [one, other] = [await release(first.name), await release(second.name, { channel: 'beta' })];
      await offer(other);
      const heard: boolean[] = [];
      await guarded(one, heard);
      expect(heard).toEqual([false]);
      expect(await releases()).toMatchObject([{ id: other }]);
    });

    it('hears of an offer that is written at the same time, and leaves nothing behind', async () => {
      const id = await release(first.name);
      shown = [];
      const [, undone] = await Promise.allSettled([offer(id), guarded(id, [])]);
      expect(undone).toMatchObject({ status: 'rejected', reason: refusal('conflict') });
      expect([await told(adapter), shown]).toEqual([[], []]);
      expect(await releases()).toMatchObject([{ id }]);
    });
  });
}
