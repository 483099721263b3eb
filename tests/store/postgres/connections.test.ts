import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import { connectionOptions } from '../../../src/store/postgres/connection-options';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { openClient } from '../../../src/store/postgres/open-client';
import { query } from '../../../src/store/postgres/queries';
import { eventually } from '../../support/eventually';
import { type GateProxy, startGateProxy } from '../../support/gate-proxy';
import { type Postgres, startDatabase } from '../../support/postgres';

const name = 'connections';
const one = sql<{ readonly one: number }>`SELECT 1 AS one`.compile(query);

describe('connections to PostgreSQL', () => {
  let postgres: Postgres;
  let gate: GateProxy;
  let database: Database;

  beforeAll(async () => {
    ({ postgres } = await startDatabase(name));
    gate = await startGateProxy(path.join(postgres.socketFolder, '.s.PGSQL.5432'));
  });
  beforeEach(async () => {
    database = await openDatabase(through());
  });
  afterEach(async () => {
    gate.open();
    await database.close();
  });

  const through = () => `postgres://postgres@127.0.0.1:${gate.port}/${name}`;
  const terminateAll = () =>
    postgres.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rauc-simple-server'",
    );
  const backends = async () =>
    postgres.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'rauc-simple-server'");
  const allEnd = async () => {
    await terminateAll();
    await eventually(async () => (await backends()).length === 0);
    await turn();
  };

  it('read counts and sums as numbers, however large', async () => {
    const select = sql<object>`SELECT 3000000000::bigint AS count, sum(n) AS sum FROM
      (VALUES (3000000000::bigint), (1)) AS numbers (n)`.compile(query);
    expect(await database.all(select)).toEqual([{ count: 3_000_000_000, sum: 3_000_000_001 }]);
  });

  it('may end while no statement runs: the next one gets another', async () => {
    await database.all(one);
    await allEnd();
    expect(await database.all(one)).toEqual([{ one: 1 }]);
  });

  it('may end between two statements of a caller, who is told', async () => {
    const lock = sql`SELECT pg_advisory_xact_lock(1)`.compile(query);
    const cut = database.whileLocked(lock, async () => {
      await allEnd();
      return 'done';
    });
    await expect(cut).rejects.toMatchObject({ reason: { code: 'database-away' } });
  });

  it('may end while they only listen', async () => {
    const client = await openClient(connectionOptions(through()));
    const ended = new Promise((resolve) => client.once('end', resolve));
    await client.query('LISTEN something');
    await allEnd();
    await ended;
  });

  it('are probed by the kernel while they are silent', async () => {
    await database.all(one);
    const remote = `0100007F:${gate.port.toString(16).toUpperCase().padStart(4, '0')}`;
    const rows = (await readFile('/proc/net/tcp', 'utf8'))
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    const timers = rows.filter((row) => row[2] === remote && row[3] === '01').map((row) => row[5]);
    expect(timers).not.toEqual([]);
    for (const timer of timers) expect(timer).toMatch(/^02:/);
  });

  it('count as lost when no answer comes for 35 seconds', async () => {
    await database.all(one);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance', 'Date'] });
    try {
      gate.freeze();
      let outcome: unknown = 'waiting';
      void database.all(one).catch((error: unknown) => (outcome = error));
      await turn();
      await jest.advanceTimersByTimeAsync(34_000);
      expect(outcome).toBe('waiting');
      await jest.advanceTimersByTimeAsync(2_000);
      await jest.advanceTimersByTimeAsync(6_000); // it is asked once more, on another one
      for (let turns = 0; turns < 100 && outcome === 'waiting'; turns += 1) await turn();
      expect(outcome).toMatchObject({ reason: { code: 'database-away' } });
    } finally {
      jest.useRealTimers();
    }
  });
});
