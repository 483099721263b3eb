import type { BundleNeeds } from '../../../src/ports/catalog';
import { deviceOf } from '../../support/device-factory';
import { installationOf, madeAt } from '../../support/fleet-factory';
import { refusal } from '../../support/refusal';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';
import { at, commit, first, line, refuse, second } from './catalog-parts';

/** How every store deletes a bundle. */
export function describeTombstones(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  /** How often it was shown as deleted. */
  let shown: number;
  beforeEach(async () => {
    shown = 0;
    adapter = await make();
    for (const bundle of [first, second]) await commit(adapter, { bundle });
  });
  afterEach(() => adapter.close());

  const names = async () => (await adapter.store.catalog.load()).bundles.map(({ name }) => name).sort();
  const tombstone = (by: string, check?: (needs: BundleNeeds) => void) =>
    adapter.store.catalog.tombstone({
      name: first.name,
      at,
      by,
      events: [line(by)],
      committed: () => (shown += 1),
      ...(check === undefined ? {} : { check }),
    });
  const pin = { bundleName: first.name, by: 'bob', at: madeAt };

  it('leaves its name bound to its bytes and nothing else, also after a restart', async () => {
    await tombstone('ann');
    expect([await names(), shown]).toEqual([[second.name], 1]);
    expect(await told(adapter)).toEqual(['ann: bundle.deleted']);
    await adapter.reopen();
    const bound = { sha256: first.sha256, deletedAt: at };
    expect(await adapter.store.catalog.binding(first.name)).toEqual(bound);
    expect(await names()).toEqual([second.name]);
  });

  it('hears who needs it: who is pinned to it, and whose offer or installation of it is open', async () => {
    const of = { bundleName: first.name, sha256: first.sha256 };
    await adapter.put({
      device: deviceOf('b', { pin }),
      installations: [installationOf({ ...of, deviceId: 'b' })],
    });
    await adapter.put({ device: deviceOf('a', { pin }) });
    const open = installationOf({ ...of, id: 2, deviceId: 'c', state: 'downloading', offerEndsAt: at });
    await adapter.put({ device: deviceOf('c'), installations: [open] });
    const over = installationOf({ ...of, id: 3, deviceId: 'd', offerEndsAt: at });
    await adapter.put({ device: deviceOf('d'), installations: [over] });
    const needs = { askingDevices: 2, pinnedDevices: ['a', 'b'] };
    expect(await adapter.store.uses.needs(first.name, at)).toEqual(needs);
    const heard: unknown[] = [];
    await tombstone('ann', (one) => heard.push(one));
    expect(heard).toEqual([needs]);
  });

  it('hears of a pin that is written at the same time, and then leaves the bundle as it is', async () => {
    const [, deleted] = await Promise.allSettled([
      adapter.put({ device: deviceOf('dev-1', { pin }) }),
      tombstone('ann', ({ pinnedDevices }) => {
        if (pinnedDevices.length > 0) refuse();
      }),
    ]);
    expect(deleted).toMatchObject({ status: 'rejected', reason: refusal('conflict') });
    expect([await names(), await told(adapter), shown]).toEqual([[first.name, second.name], [], 0]);
  });

  it('deletes it and tells of it, or does neither', async () => {
    await failAtEachStep(
      adapter,
      () => tombstone('ann'),
      async () => {
        expect([await names(), await told(adapter), shown]).toEqual([[first.name, second.name], [], 0]);
      },
    );
    expect(await names()).toEqual([second.name]);
  });
}
