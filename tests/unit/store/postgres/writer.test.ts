import type { PoolClient } from 'pg';
import { setImmediate as turn } from 'node:timers/promises';
import { DatabaseHealth } from '../../../../src/store/postgres/writability';
import { Writer } from '../../../../src/store/postgres/writer';

/** Answers everything at once, so that only the order of promises decides. */
const client = {
  query: () => Promise.resolve({ rows: [] }),
  release: () => undefined,
} as unknown as PoolClient;

const newWriter = () =>
  new Writer({
    connect: () => Promise.resolve(client),
    run: () => Promise.resolve([]),
    onError: () => undefined,
    health: new DatabaseHealth(),
    guard: undefined,
  });

describe('the writer', () => {
  it('runs what comes after a change that shares no commit once that is committed', async () => {
    const writer = newWriter();
    const order: string[] = [];
    const change = (name: string, isShared: boolean) =>
      writer.run((transaction) => {
        order.push(name);
        if (!isShared) transaction.shareNoCommit();
        transaction.afterCommit(() => order.push(`${name} committed`));
        return Promise.resolve();
      });
    await Promise.all([change('a', true), change('b', false), change('c', true), change('d', true)]);
    expect(order).toEqual(['a', 'b', 'a committed', 'b committed', 'c', 'd', 'c committed', 'd committed']);
  });

  it('shares a commit after one that fails, though it wanted none to be shared', async () => {
    const writer = newWriter();
    const order: string[] = [];
    const refused = writer.run((transaction) => {
      transaction.shareNoCommit();
      return Promise.reject(new Error('refused'));
    });
    const next = writer.run((transaction) => {
      transaction.afterCommit(() => order.push('committed'));
      return Promise.resolve();
    });
    await expect(refused).rejects.toThrow('refused');
    await next;
    expect(order).toEqual(['committed']);
  });

  it.each(Array.from({ length: 12 }, (_, steps) => steps))(
    'takes a change that comes %d promises after the one before it, without waiting for a third one',
    async (steps) => {
      const writer = newWriter();
      const written: string[] = [];
      const first = writer.run(() => Promise.resolve());
      const second = first.then(async () => {
        for (let step = 0; step < steps; step += 1) await Promise.resolve();
        await writer.run(() => Promise.resolve());
        written.push('second');
      });
      await turn();
      expect(written).toEqual(['second']);
      await second;
      await writer.idle();
    },
  );
});
