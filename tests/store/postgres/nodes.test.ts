import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Postgres, startPostgres } from '../../support/postgres';
import { anyReason } from '../../support/any-reason';
import { eventually } from '../../support/eventually';
import { madeAt } from '../../support/fleet-factory';
import type { NewEvent } from '../../../src/core/event';
import type { ReasonCode } from '../../../src/core/reasons/catalogue';
import { connectionOptions } from '../../../src/store/postgres/connection-options';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import { DatabaseHold } from '../../../src/store/postgres/database-hold';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { serverLock } from '../../../src/store/postgres/locks';
import { type Migration, migrations } from '../../../src/store/postgres/migrations';
import { Membership } from '../../../src/store/postgres/nodes/membership';
import { listNodes, saveNode } from '../../../src/store/postgres/nodes/node-rows';
import { openClient } from '../../../src/store/postgres/open-client';
import { query } from '../../../src/store/postgres/queries';
import { oldestOf } from '../../../src/store/postgres/tables-version';

interface Server {
  readonly id: string;
  readonly membership: Membership;
  readonly database: Database;
  readonly journal: PostgresJournal;
  readonly interruptions: unknown[];
  readonly outdated: Error[];
  /** How often it said that a newer version has added to the tables. */
  readonly ahead: () => number;
  close(): Promise<void>;
}

const reason = (code: ReasonCode) =>
  expect.objectContaining({ reason: expect.objectContaining({ code }) as unknown }) as Error;
const shared = { id: 's3://bundles', isShared: true };
/** No beat of its own comes during a test. */
const never = 3_600_000;

describe('servers on one PostgreSQL', () => {
  let postgres: Postgres;
  let url: string;
  const open: Server[] = [];
  let count = 0;

  beforeAll(async () => {
    postgres = await startPostgres();
  });
  beforeEach(async () => {
    url = await postgres.create(`nodes_${(count += 1)}`);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });

  async function start(
    name: string,
    { beatMs = never, patienceMs = 0, steps = migrations, bundles = shared } = {},
  ): Promise<Server> {
    const id = randomUUID();
    let ahead = 0;
    const interruptions: unknown[] = [];
    const outdated: Error[] = [];
    const membership = new Membership({
      connection: connectionOptions(url),
      node: { id, name, version: '1.2.3' },
      bundles,
      patienceMs,
      beatMs,
      onInterrupted: (error) => interruptions.push(error),
      onAhead: () => (ahead += 1),
      onOutdated: (error) => outdated.push(error),
      migrations: steps,
    });
    let database: Database;
    try {
      database = await openDatabase(url, { membership });
    } catch (error) {
      await membership.leave();
      throw error;
    }
    const server = {
      ...{ id, membership, database, interruptions, outdated, ahead: () => ahead },
      journal: new PostgresJournal(database),
      async close() {
        await database.close();
        await membership.leave();
      },
    };
    open.push(server);
    return server;
  }
  const run = (sql: string) => postgres.run(sql, `nodes_${count}`);
  /** As if the database's clock had gone on by so many seconds since the leader renewed its lease. */
  const letPass = (seconds: number) =>
    run(`UPDATE leader SET renewed_at = renewed_at - interval '${seconds} s'`);
  const line = (text: string): NewEvent => ({
    kind: 'device.booted',
    at: madeAt,
    actor: { name: text, address: null },
    reason: anyReason(),
  });
  const actors = async ({ journal }: Server) => (await journal.after(0, 100)).map(({ actor }) => actor.name);
  /** Ends the connections by which servers are known. */
  const cutServers = () =>
    run(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted`,
    );
  const knownServers = async () =>
    (await run(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'`)).length;
  const waitingForLocks = async () =>
    (await run("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).length;
  const leaders = () => open.map(({ membership }) => membership.lease.isLeader());

  it('start together on an empty database, one of them upgrades it, and one leads', async () => {
    const patienceMs = 20_000;
    await Promise.all(['a', 'b', 'c'].map((name) => start(name, { beatMs: 50, patienceMs })));
    await letPass(11); // all came at once, so none could know that the lease is free
    await eventually(() => leaders().filter((leads) => leads).length === 1);
    const [a] = open;
    if (a === undefined) throw new Error('three were started');
    expect((await listNodes(a.database, { id: a.id })).map(({ name }) => name).sort()).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('lead when they are alone, at once, and let the next one lead when they stop', async () => {
    const a = await start('a');
    const b = await start('b');
    expect(leaders()).toEqual([true, false]);
    await expect(b.membership.lease.lead(() => Promise.resolve())).rejects.toEqual(reason('leadership-lost'));
    await a.close();
    await eventually(() => b.membership.lease.isLeader());
    expect(await listNodes(b.database, { id: b.id })).toMatchObject([
      { name: 'b', version: '1.2.3', isLeader: true, isThis: true, behind: 0 },
    ]);
  });

  it('let another lead once the lease has run out, not before', async () => {
    await start('a');
    const b = await start('b', { beatMs: 50 });
    await letPass(8);
    await eventually(
      async () =>
        (await run("SELECT 1 FROM nodes WHERE name = 'b' AND seen_at > started_at + interval '200 ms'"))
          .length === 1,
    );
    expect(b.membership.lease.isLeader()).toBe(false);
    await letPass(3);
    await eventually(() => b.membership.lease.isLeader());
  });

  describe('whose clock is wrong', () => {
    const hour = 3_600_000;
    const realTimers = [
      ...(['hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
      ...(['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] as const),
    ];
    afterEach(() => {
      jest.useRealTimers();
    });
    const beats = async () =>
      (await run("SELECT 1 FROM nodes WHERE name = 'b' AND seen_at > started_at + interval '200 ms'"))
        .length === 1;

    it.each([
      ['fast', hour],
      ['slow', -hour],
    ])('by an hour (%s) lead when the lease has run out by the clock of the database', async (_, wrongMs) => {
      const a = await start('a', { beatMs: 50 });
      jest.useFakeTimers({ now: Date.now() + wrongMs, doNotFake: realTimers });
      const b = await start('b', { beatMs: 50 });
      await eventually(beats);
      expect(leaders()).toEqual([true, false]);
      await a.close();
      await eventually(() => b.membership.lease.isLeader());
      await run('UPDATE leader SET node = NULL'); // b, too, must ask for it
      await eventually(() => !b.membership.lease.isLeader());
      await letPass(11);
      await eventually(() => b.membership.lease.isLeader());
    });
  });

  it('refuse what a leader decided before another took over, and only that', async () => {
    const a = await start('a');
    const b = await start('b', { beatMs: 50 });
    let wake: () => void = () => undefined;
    const frozen = new Promise<void>((resolve) => (wake = resolve));
    const late = a.membership.lease.lead(async () => {
      await a.journal.record([line('in time')]);
      await frozen;
      await a.journal.record([line('late')]);
    });
    late.catch(() => undefined);
    await eventually(async () => (await actors(a)).length === 1);
    await letPass(11);
    await eventually(() => b.membership.lease.isLeader());
    wake();
    const ofAPerson = a.journal.record([line('of a person')]); // in the same commit
    await expect(late).rejects.toEqual(reason('leadership-lost'));
    await ofAPerson;
    await b.membership.lease.lead(() => b.journal.record([line('of the new leader')]));
    expect(await actors(b)).toEqual(['in time', 'of a person', 'of the new leader']);
    expect(leaders()).toEqual([false, true]);
    expect(a.outdated).toEqual([]);
  });

  it('take over between two changes of the leader, never during one', async () => {
    const a = await start('a');
    const b = await start('b', { beatMs: 50 });
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let hasBegun = false;
    const change = a.membership.lease.lead(() =>
      a.database.transact(async (transaction) => {
        hasBegun = true;
        await ended;
        await a.journal.append(transaction, [line('of the leader')]);
      }),
    );
    await eventually(() => hasBegun);
    await letPass(11);
    await eventually(async () => (await waitingForLocks()) > 0);
    expect(b.membership.lease.isLeader()).toBe(false);
    end();
    await change;
    await eventually(() => b.membership.lease.isLeader());
    expect(await actors(b)).toEqual(['of the leader']);
  });

  it('do not lead by their own clock any longer than the lease lasts, even if nobody tells them', async () => {
    const a = await start('a');
    const started = performance.now();
    const now = jest.spyOn(performance, 'now');
    now.mockReturnValue(started + 9_000);
    expect(a.membership.lease.isLeader()).toBe(true);
    now.mockReturnValue(started + 10_001);
    expect(a.membership.lease.isLeader()).toBe(false);
    now.mockRestore();
  });

  it('keep leading when the connection is cut by which they are known', async () => {
    const a = await start('a', { beatMs: 50 });
    await cutServers();
    await eventually(() => a.interruptions.length > 0);
    await eventually(async () => (await knownServers()) === 1);
    await a.membership.lease.lead(() => a.journal.record([line('still')]));
    expect(await actors(a)).toEqual(['still']);
  });

  it('stay away after they were cut off while another process has the database for itself', async () => {
    const a = await start('a');
    const other = await openClient(connectionOptions(url));
    const alone = other.query(`SELECT pg_advisory_lock(${serverLock})`);
    await eventually(async () => (await waitingForLocks()) > 0);
    await cutServers();
    await alone;
    const ends = jest.spyOn(Client.prototype, 'end');
    await eventually(() => ends.mock.calls.length > 0); // an attempt that gave up
    ends.mockRestore();
    expect([a.interruptions.length, await knownServers()]).toEqual([1, 0]);
    await other.end();
    await eventually(async () => (await knownServers()) === 1);
  });

  it('keep the database after they were cut off until they are forgotten: they may not know it yet', async () => {
    await (await start('a')).close();
    const client = await openClient(connectionOptions(url));
    await saveNode(client, { id: randomUUID(), name: 'cut off', version: '1.2.3' }, 0);
    await client.end();
    await run("UPDATE nodes SET seen_at = seen_at - interval '8 s'");
    const hold = await DatabaseHold.take(connectionOptions(url));
    expect(await run("SELECT name FROM nodes WHERE seen_at > clock_timestamp() - interval '10 s'")).toEqual(
      [],
    );
    await hold.release();
  });

  describe('of two versions', () => {
    const adding: Migration = {
      expands: 'CREATE TABLE colours (name text); ALTER TABLE events ADD COLUMN colour text',
    };
    const removing: Migration = { contracts: 'ALTER TABLE events DROP COLUMN colour' };
    const newer = { steps: [...migrations, adding] };
    const newest = { steps: [...migrations, adding, removing] };
    const tables = () => run('SELECT version, oldest FROM schema_version');
    const known = migrations.length;
    const oldest = oldestOf(migrations);

    it('run together on tables that the newer one has added to, also when the earlier one starts again', async () => {
      const a = await start('a');
      const b = await start('b', newer);
      expect(await tables()).toEqual([{ version: known + 1, oldest }]);
      for (const server of [a, b, a, b]) await server.journal.record([line('both')]);
      expect([a, b].map(({ ahead }) => ahead())).toEqual([1, 0]);
      await a.close();
      const again = await start('a');
      await again.journal.record([line('again')]);
      expect(await actors(b)).toEqual(['both', 'both', 'both', 'both', 'again']);
      expect([again.ahead(), a.outdated, again.outdated]).toEqual([1, [], []]);
      await b.close();
      await start('c'); // alone, too
    });

    it('wait for the end of the earlier ones to change tables that those use, and name them', async () => {
      const a = await start('a');
      await expect(start('b', newest)).rejects.toMatchObject({
        code: 'configuration',
        reason: { code: 'database-upgrade-waits', parameters: { holder: 'a' } },
      });
      await a.journal.record([line('works')]);
      expect(await tables()).toEqual([{ version: known, oldest }]);
      await a.close();
      await start('b', newest);
      expect(await tables()).toEqual([{ version: known + 2, oldest: known + 2 }]);
      for (const steps of [migrations, newer.steps])
        await expect(start('c', { steps })).rejects.toEqual(reason('database-of-newer-version'));
    });

    it('write nothing to changed tables, and hear of that once', async () => {
      const a = await start('a');
      await run('UPDATE schema_version SET version = version + 1, oldest = version + 1');
      for (let attempt = 0; attempt < 2; attempt += 1)
        await expect(a.journal.record([line('too late')])).rejects.toEqual(reason('database-upgraded'));
      expect(a.outdated).toHaveLength(1);
    });

    it('go on when the newer one cannot add to the tables, which adds nothing then', async () => {
      const a = await start('a');
      const steps = [...migrations, adding, { expands: 'ALTER TABLE there_is_none ADD COLUMN colour text' }];
      await expect(start('b', { steps })).rejects.toThrow('there_is_none');
      expect(await tables()).toEqual([{ version: known, oldest }]);
      expect(await run("SELECT 1 FROM pg_tables WHERE tablename = 'colours'")).toEqual([]);
      await a.journal.record([line('works')]);
      await start('b', newer);
    });

    it('go on while the newer one waits for a table that is being read, and gives up', async () => {
      const a = await start('a');
      let end: () => void = () => undefined;
      const reading = a.database.readTogether(async (reader) => {
        await reader.all(query.selectFrom('events').select('id'));
        await new Promise<void>((resolve) => (end = resolve));
      });
      await eventually(
        async () =>
          (
            await run(
              "SELECT 1 FROM pg_locks WHERE relation = 'events'::regclass AND mode = 'AccessShareLock'",
            )
          ).length > 0,
      );
      const starting = start('b', newer);
      starting.catch(() => undefined);
      await eventually(
        async () =>
          (await run("SELECT 1 FROM pg_locks WHERE relation = 'events'::regclass AND NOT granted")).length >
          0,
      );
      await a.journal.record([line('works')]);
      await expect(starting).rejects.toEqual(reason('database-upgrade-blocked'));
      expect(await tables()).toEqual([{ version: known, oldest }]);
      end();
      await reading;
      await start('b', newer);
    });

    it('are not stopped by a command of the newer version, which may only add to the tables', async () => {
      const a = await start('a');
      const command = (steps: readonly Migration[]) =>
        openDatabase(url, { maxReading: 1, migrations: steps }).then((database) => database.close());
      await expect(command(newest.steps)).rejects.toEqual(reason('database-upgrade-waits'));
      expect(await tables()).toEqual([{ version: known, oldest }]);
      await command(newer.steps);
      await command(migrations); // which works on them, too
      await a.journal.record([line('works')]);
      expect(a.ahead()).toBe(1);
      await a.close();
      await command(newest.steps);
      await expect(command(newer.steps)).rejects.toEqual(reason('database-of-newer-version'));
    });
  });

  describe('with bundles', () => {
    const folder = { id: 'of a folder', isShared: false };
    const another = { id: 'of another folder', isShared: false };
    const works = ({ journal }: Server) =>
      journal.record([line('works')]).then(
        () => true,
        () => false,
      );
    const elsewhere = (holder: string) =>
      expect.objectContaining({
        code: 'configuration',
        reason: { code: 'bundles-elsewhere', parameters: { holder } },
      }) as Error;

    it('in a folder are alone, and start again at once after they were killed', async () => {
      const a = await start('a', { bundles: folder });
      const copy = folder;
      for (const bundles of [another, shared, copy])
        await expect(start('b', { bundles })).rejects.toEqual(elsewhere('a'));
      await a.journal.record([line('works')]);
      await a.close();
      await run("INSERT INTO nodes VALUES ('killed', 'killed', '1.2.3', now(), now(), 0)");
      await expect(start('b', { bundles: another })).rejects.toEqual(elsewhere('killed'));
      await start('a', { bundles: folder });
    });

    it('in an object store keep away those that have them elsewhere, until they have stopped', async () => {
      const a = await start('a');
      const b = await start('b');
      for (const bundles of [folder, { id: 's3://others', isShared: true }])
        await expect(start('c', { bundles })).rejects.toEqual(elsewhere('a, b'));
      await a.close();
      await expect(start('c', { bundles: folder })).rejects.toEqual(elsewhere('b'));
      await b.close();
      await start('c', { bundles: folder });
      await expect(start('a')).rejects.toEqual(elsewhere('c'));
    });

    it('keep away others after PostgreSQL was away for long', async () => {
      const a = await start('a');
      await run("UPDATE nodes SET seen_at = seen_at - interval '1 hour'");
      await postgres.stop();
      await postgres.start();
      await expect(start('b', { bundles: folder })).rejects.toEqual(elsewhere('a'));
      await eventually(() => works(a));
    });

    it('keep away others while their connection is cut, and end if those were faster', async () => {
      const a = await start('a');
      await run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rauc-simple-server'",
      );
      await expect(start('b', { bundles: folder })).rejects.toEqual(elsewhere('a'));
      await eventually(() => works(a));
      await run("UPDATE bundle_place SET id = 'taken'");
      await expect(a.journal.record([line('too late')])).rejects.toEqual(reason('bundles-elsewhere'));
      expect(a.outdated).toEqual([reason('bundles-elsewhere')]);
    });
  });

  it('keep away who wants the database for itself, who keeps them away', async () => {
    const a = await start('a');
    await expect(DatabaseHold.take(connectionOptions(url))).rejects.toMatchObject({
      reason: { code: 'database-in-use', parameters: { holder: 'a' } },
    });
    await a.close();
    const hold = await DatabaseHold.take(connectionOptions(url));
    await expect(start('b')).rejects.toEqual(reason('database-in-use'));
    await hold.confirm();
    await hold.release();
    await start('b');
  });
});
