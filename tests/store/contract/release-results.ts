import { deviceOf } from '../../support/device-factory';
import { installationOf, madeAt } from '../../support/fleet-factory';
import type { ContractAdapter, MakeAdapter } from './adapter';
import { activation, at, commit, first, release, rollout, second } from './catalog-parts';

/** What every store tells of what releases and bundles came to. */
export function describeReleaseResults(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
    for (const bundle of [first, second]) await commit(adapter, { bundle });
  });
  afterEach(() => adapter.close());

  const results = () => adapter.store.results;
  const install = (deviceId: string, change: Parameters<typeof installationOf>[0]) =>
    adapter.put({
      device: deviceOf(deviceId),
      installations: [installationOf({ deviceId, ...change })],
    });

  it('stays known when another one takes its place, also after a restart', async () => {
    const id = await release(adapter, first.name);
    await install('a', { releaseId: id, state: 'proven' });
    await install('b', { id: 2, releaseId: id, state: 'failed' });
    await release(adapter, second.name, { at: new Date(at.getTime() + 60_000) });
    await commit(adapter, { activation: activation(null) });
    await adapter.reopen();
    const [ended, latest, made] = await adapter.store.catalog.history({ limit: 9 });
    if (ended === undefined || latest === undefined || made === undefined) throw new Error('no history');
    const found = await results().of([ended, latest, made]);
    expect(found.get(made.id)).toEqual({
      rollout: rollout(),
      outcomes: { proven: 1, failed: 1 },
      end: { how: 'replaced', at: latest.at, bundleName: second.name },
      left: { state: 'running', step: 0, reason: null, completedAt: null },
      count: null,
      failures: [{ state: 'failed', reason: null, devices: 1 }],
    });
    expect(found.get(latest.id)).toMatchObject({ outcomes: {}, end: { how: 'deactivated', at: ended.at } });
    expect(found.has(ended.id)).toBe(false);
    expect((await results().of([])).size).toBe(0);
  });

  it('says for ever that a device was offered it, also when the device is forgotten', async () => {
    const id = await release(adapter, first.name);
    expect(await results().wasOffered(id)).toBe(false);
    await install('a', { releaseId: id });
    expect(await results().wasOffered(id)).toBe(true);
    await (await adapter.fleet()).decisions.forget('a', () => []);
    expect(await results().wasOffered(id)).toBe(true);
    expect(await results().wasOffered(id + 1)).toBe(false);
  });

  it('says whether its bundle is proven, by an installation or by who runs its version', async () => {
    const { name, compatible } = first;
    const isProven = (version: string | null = '1.0.0') => results().isProven({ name, compatible, version });
    await install('a', { bundleName: name, state: 'failed' });
    expect(await isProven()).toBe(false);
    await adapter.put({ device: deviceOf('b', { facts: { systemVersion: '1.0.0' } }) });
    expect([await isProven(), await isProven(null), await isProven('3.0.0')]).toEqual([true, false, false]);
    await install('c', { id: 2, bundleName: name, state: 'proven' });
    expect(await isProven(null)).toBe(true);
  });

  it('says of a bundle how many devices are pinned to it', async () => {
    expect(await adapter.store.uses.pinnedBundles()).toEqual([]);
    const pin = { bundleName: first.name, by: 'bob', at: madeAt };
    for (const id of ['a', 'b']) await adapter.put({ device: deviceOf(id, { pin }) });
    await adapter.put({ device: deviceOf('c') });
    expect(await adapter.store.uses.pinnedBundles()).toEqual([{ bundleName: first.name, devices: 2 }]);
  });
}
