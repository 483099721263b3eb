import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { openPostgresStore } from '../../../src/store/postgres-store';
import type { ServerStore } from '../../../src/store/store';
import { anyReason } from '../../support/any-reason';
import { eventually } from '../../support/eventually';
import { bundleOf, madeAt } from '../../support/fleet-factory';
import { startPgBouncer } from '../../support/pgbouncer';
import { type Postgres, startPostgres } from '../../support/postgres';
import { temporaryFolder } from '../../support/programs';

const name = 'updates';

describe('servers behind a real PgBouncer', () => {
  let postgres: Postgres;
  const open: ServerStore[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    await postgres.create(name);
  });
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
  });

  async function start(url: string, directUrl: string | null = null): Promise<ServerStore> {
    const store = await openPostgresStore(url, path.join(await temporaryFolder(), 'data'), {
      directUrl,
      newName: randomUUID,
      pid: process.pid,
      node: { id: randomUUID(), name: 'test', version: '1.0.0' },
      bundleStore: 's3://tests',
      onOutdated: (error) => {
        throw error;
      },
    });
    open.push(store);
    return store;
  }

  it('do not start in transaction mode, and say what to do', async () => {
    const pooled = await startPgBouncer(postgres, 'transaction');
    await expect(start(pooled(name))).rejects.toMatchObject({
      code: 'configuration',
      reason: { code: 'database-pooler' },
    });
    const held = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'";
    expect(await postgres.run(held)).toEqual([]);
  });

  it('start in session mode', async () => {
    const pooled = await startPgBouncer(postgres, 'session');
    const store = await start(pooled(name));
    expect(store.nodes.isLeader()).toBe(true);
  });

  it('share everything in transaction mode when they also have the direct address', async () => {
    const pooled = await startPgBouncer(postgres, 'transaction');
    const [one, other] = [
      await start(pooled(name), postgres.url(name)),
      await start(pooled(name), postgres.url(name)),
    ];
    expect([one, other].map(({ nodes }) => nodes.isLeader())).toEqual([true, false]);
    let looks = 0;
    // It does not look every second: only a notification has it look again.
    const interval = jest.spyOn(globalThis, 'setInterval').mockReturnValueOnce(setTimeout(() => undefined));
    const watch = other.catalog.watch(() => {
      looks += 1;
      return Promise.resolve();
    });
    interval.mockRestore();
    await eventually(() => looks > 0); // it listens
    const before = looks;
    await one.catalog.commit({ bundle: bundleOf('board'), committed: () => undefined });
    await eventually(() => looks > before);
    await watch.close();
    const line = (index: number) => ({
      kind: 'device.booted' as const,
      at: madeAt,
      actor: { name: `line-${index}`, address: null },
      reason: anyReason(),
    });
    const numbers = Array.from({ length: 40 }, (_, index) => index);
    await Promise.all(numbers.map((index) => (index % 2 === 0 ? one : other).journal.record([line(index)])));
    const found = await one.journal.after(0, 100);
    expect(found.map(({ actor }) => actor.name).sort()).toEqual(
      numbers.map((index) => `line-${index}`).sort(),
    );
  });
});
