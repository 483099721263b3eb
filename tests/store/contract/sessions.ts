import type { EventKind, NewEvent } from '../../../src/core/event';
import type { Token } from '../../../src/core/token';
import { anyReason } from '../../support/any-reason';
import { type ContractAdapter, failAtEachStep, type MakeAdapter, told } from './adapter';

const hour = (count: number) => new Date(Date.UTC(2026, 10, 2, count));
const token: Token = {
  name: 'ann',
  scope: 'admin',
  createdAt: hour(0),
  createdBy: 'local',
  revokedAt: null,
};
const maxOfToken = 2;
const line = (kind: EventKind, idHash: string): NewEvent => ({
  kind,
  at: hour(1),
  actor: { name: idHash, address: null },
  reason: anyReason(),
});

/** What every store of sessions does. */
export function describeSessionRecords(make: MakeAdapter): void {
  let adapter: ContractAdapter;
  beforeEach(async () => {
    adapter = await make();
    await adapter.store.tokens.add(token, 'hash', []);
    await adapter.store.tokens.add({ ...token, name: 'bob' }, 'other hash', []);
  });
  afterEach(() => adapter.close());

  const sessions = () => adapter.store.sessions;
  const add = (idHash: string, fromHour: number, toHour: number, tokenName = token.name) =>
    sessions().add(
      {
        idHash,
        tokenName,
        createdAt: hour(fromHour),
        expiresAt: hour(toHour),
        endsAgeMs: hour(toHour).getTime(),
      },
      { ageMs: hour(fromHour).getTime(), maxOfToken },
      [line('session.begun', idHash)],
    );
  const remove = (idHash: string) => sessions().remove(idHash, [line('session.ended', idHash)]);
  async function present(...ids: readonly string[]): Promise<readonly string[]> {
    const found = await Promise.all(ids.map((id) => sessions().find(id)));
    return ids.filter((_, index) => found[index] !== undefined);
  }

  it('finds a session with its token, also after a restart', async () => {
    await add('one', 1, 9);
    await adapter.reopen();
    expect(await sessions().find('one')).toEqual({ token, expiresAt: hour(9), endsAgeMs: hour(9).getTime() });
    await remove('one');
    await remove('one');
    await adapter.reopen();
    expect(await sessions().find('one')).toBeUndefined();
    expect(await told(adapter)).toEqual(['one: session.begun', 'one: session.ended']);
  });

  it('tells that the token of a session was revoked', async () => {
    await add('one', 1, 9);
    await adapter.store.tokens.revoke('ann', hour(2), 'local', []);
    expect((await sessions().find('one'))?.token.revokedAt).toEqual(hour(2));
  });

  it('keeps the newest of a token, and as many as there may be, also when two begin at once', async () => {
    await add('bob', 1, 5, 'bob');
    await add('first', 1, 6);
    await add('second', 1, 7);
    await Promise.all([add('third', 1, 8), add('fourth', 1, 9)]);
    expect(await present('bob', 'first', 'second', 'third', 'fourth')).toEqual(['bob', 'third', 'fourth']);
  });

  it('keeps the one that begins, although a clock that was ahead made the others', async () => {
    await add('first', 1, 20);
    await add('second', 1, 21);
    await add('third', 1, 5);
    expect(await present('first', 'second', 'third')).toEqual(['second', 'third']);
  });

  it('begins one and clears those that are over, or does neither', async () => {
    await add('over', 1, 2, 'bob');
    await add('first', 1, 8);
    await add('second', 1, 9);
    await failAtEachStep(
      adapter,
      () => add('third', 3, 10),
      async () => {
        expect(await present('over', 'first', 'second', 'third')).toEqual(['over', 'first', 'second']);
      },
    );
    expect(await present('over', 'first', 'second', 'third')).toEqual(['second', 'third']);
    expect((await told(adapter)).filter((one) => one.startsWith('third'))).toEqual(['third: session.begun']);
  });

  it('answers who looks while a sign-out hangs, as it was until then', async () => {
    await add('one', 1, 9);
    const release = adapter.hang();
    const removing = remove('one');
    expect(await present('one')).toEqual(['one']);
    release();
    await removing;
    expect(await present('one')).toEqual([]);
  });
}
