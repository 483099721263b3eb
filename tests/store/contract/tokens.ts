import type { EventKind, NewEvent } from '../../../src/core/event';
import type { Token } from '../../../src/core/token';
import { anyReason } from '../../support/any-reason';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';

const at = new Date('2026-11-02T12:00:00Z');
const later = new Date('2026-11-02T13:00:00Z');
const ci: Token = { name: 'ci', scope: 'read', createdAt: at, createdBy: 'ann', revokedAt: null };
const line = (kind: EventKind, name: string): NewEvent => ({
  kind,
  at,
  actor: { name, address: null },
  reason: anyReason(),
});

/** What every store of tokens does. */
export function describeTokenRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
  });
  afterEach(() => adapter.close());

  const tokens = () => adapter.store.tokens;
  const add = (by: string, hash: string) =>
    tokens().add({ ...ci, createdBy: by }, hash, [line('token.created', by)]);
  const revoke = (by: string, when: Date) => tokens().revoke('ci', when, by, [line('token.revoked', by)]);

  it('finds a token by its hash alone, also after a restart', async () => {
    expect(await add('ann', 'hash')).toBe(true);
    await adapter.reopen();
    expect(await tokens().findByHash('hash')).toEqual(ci);
    expect(await tokens().findByHash('other')).toBeUndefined();
    expect(await tokens().all()).toEqual([ci]);
  });

  it('gives a name to the first of two who add it at once, and tells of that one alone', async () => {
    expect(await Promise.all([add('ann', 'a'), add('bob', 'b')])).toEqual([true, false]);
    expect(await tokens().findByHash('b')).toBeUndefined();
    expect(await told(adapter)).toEqual(['ann: token.created']);
  });

  it('keeps the time of the first of two who revoke a token at once, and tells of that one alone', async () => {
    await add('ann', 'hash');
    const [first, second] = await Promise.all([revoke('ann', at), revoke('bob', later)]);
    expect(first?.revokedAt).toEqual(at);
    expect(second).toEqual(first);
    expect(await told(adapter)).toEqual(['ann: token.created', 'ann: token.revoked']);
    expect(await tokens().revoke('none', at, 'ann', [line('token.revoked', 'ann')])).toBeUndefined();
    expect(await told(adapter)).toHaveLength(2);
  });

  it('adds a token as a whole or not at all', async () => {
    await failAtEachStep(
      adapter,
      () => add('ann', 'hash'),
      async () => {
        expect([await tokens().all(), await told(adapter)]).toEqual([[], []]);
      },
    );
    expect(await tokens().findByHash('hash')).toEqual(ci);
  });

  it('revokes a token as a whole or not at all', async () => {
    await add('ann', 'hash');
    await failAtEachStep(
      adapter,
      () => revoke('ann', later),
      async () => {
        expect(await tokens().findByHash('hash')).toEqual(ci);
        expect(await told(adapter)).toEqual(['ann: token.created']);
      },
    );
    await adapter.reopen();
    expect(await tokens().findByHash('hash')).toEqual({ ...ci, revokedAt: later });
  });

  it('does not take back one change because another at the same time fails', async () => {
    adapter.failAt(1);
    const [lost, kept] = await Promise.allSettled([
      tokens().add({ ...ci, name: 'lost' }, 'lost', []),
      add('ann', 'hash'),
    ]);
    expect([lost.status, kept.status]).toEqual(['rejected', 'fulfilled']);
    expect(await tokens().all()).toEqual([ci]);
  });

  it('answers who looks while a revocation hangs, as it was until then', async () => {
    await add('ann', 'hash');
    const release = adapter.hang();
    const revoking = revoke('ann', later);
    expect(await tokens().findByHash('hash')).toEqual(ci);
    release();
    await revoking;
    expect(await tokens().findByHash('hash')).toEqual({ ...ci, revokedAt: later });
  });
}
