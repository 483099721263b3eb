import { theServer } from '../../../src/core/event';
import { anyReason } from '../../support/any-reason';
import { deviceOf } from '../../support/device-factory';
import { bundleOf, installationOf } from '../../support/fleet-factory';
import { type ContractAdapter, failAtEachStep, type MakeAdapter } from './adapter';

const at = new Date('2026-11-01T00:30:00Z');
const person = { name: 'ann', address: null };

/** What every store of what the database knows of itself does. */
export function describeRestoreRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const restores = () => adapter.store.restores;
  const identity = () => restores().identity('unused');

  it('is one database, whoever asks first, also after a restart', async () => {
    const [one, two] = await Promise.all([restores().identity('a'), restores().identity('b')]);
    expect(one).toMatchObject({ id: 'a', decision: 0, isMarked: false, suspicion: null });
    expect(two).toEqual(one);
    await adapter.reopen();
    expect(await identity()).toEqual(one);
  });

  it('knows the latest decision of a person or of the server, and not what devices did', async () => {
    await identity();
    const line = { kind: 'device.held', at, reason: anyReason() } as const;
    await adapter.store.journal.record([
      { ...line, actor: person },
      { ...line, actor: theServer },
      { ...line, actor: { name: 'device:dev-1', address: null } },
    ]);
    const [, latest] = await adapter.store.journal.after(0, 9);
    expect((await identity()).decision).toBe(latest?.id);
  });

  it('is another database once it is suspected, until it is marked, and remembers the last time', async () => {
    await restores().identity('a');
    await restores().marked();
    expect(await identity()).toMatchObject({ id: 'a', isMarked: true });
    expect(await restores().lastRestore()).toBeUndefined();
    await restores().suspect('b', 'it is older', null, at);
    await adapter.reopen();
    expect(await identity()).toMatchObject({ id: 'b', isMarked: false, suspicion: 'it is older' });
    await restores().marked();
    expect(await identity()).toMatchObject({ id: 'b', isMarked: true, suspicion: null });
    expect(await restores().lastRestore()).toEqual({ id: 'b', reason: 'it is older', at });
  });

  it('knows the hash of a bundle, also of a deleted one, and one that it was suspected for', async () => {
    const bundle = bundleOf('board');
    const { catalog } = adapter.store;
    await identity();
    expect(await restores().isKnownHash(bundle.sha256)).toBe(false);
    await catalog.commit({ bundle, committed: () => undefined });
    await catalog.tombstone({ name: bundle.name, at, by: 'ann', events: [], committed: () => undefined });
    expect(await restores().isKnownHash(bundle.sha256)).toBe(true);
    await Promise.all(['b', 'c'].map((id) => restores().suspect(id, 'devices name it', 'foreign', at)));
    expect(await restores().isKnownHash('foreign')).toBe(true);
    expect(await restores().isKnownHash('other')).toBe(false);
  });

  it('counts devices that were heard, and no more than it was asked for', async () => {
    await adapter.put({ device: deviceOf('made', { firstContactAt: null, lastContactAt: null }) });
    for (const id of ['a', 'b', 'c']) await adapter.put({ device: deviceOf(id) });
    expect(await restores().heardDevices(2)).toBe(2);
    expect(await restores().heardDevices(9)).toBe(3);
  });

  it('suspects the database and ends its standing offers, or does neither', async () => {
    const { devices } = adapter.store;
    await restores().identity('a');
    await adapter.put({ device: deviceOf('dev-1'), installations: [installationOf()] });
    const before = [await identity(), await devices.findInstallation(1)] as const;
    await failAtEachStep(
      adapter,
      () => restores().suspect('b', 'it is older', null, at),
      async () => {
        expect([await identity(), await devices.findInstallation(1)]).toEqual(before);
        expect(await restores().lastRestore()).toBeUndefined();
      },
    );
    expect((await identity()).id).toBe('b');
    expect((await devices.findInstallation(1))?.offerEndsAt).toEqual(at);
  });

  it('leaves standing offers as they are when devices told', async () => {
    const { devices } = adapter.store;
    await restores().identity('a');
    await adapter.put({ device: deviceOf('dev-1'), installations: [installationOf()] });
    await restores().suspect('b', 'devices name it', 'foreign', at);
    expect(await devices.findInstallation(1)).toEqual(installationOf());
  });

  it('answers who looks while a suspicion hangs, as it was until then', async () => {
    await restores().identity('a');
    const release = adapter.hang();
    const suspecting = restores().suspect('b', 'devices name it', 'foreign', at);
    expect(await restores().isKnownHash('foreign')).toBe(false);
    expect(await restores().lastRestore()).toBeUndefined();
    release();
    await suspecting;
    expect((await identity()).id).toBe('b');
  });
}
