import { type Postgres, startPostgres } from '../../support/postgres';
import { anyReason } from '../../support/any-reason';
import { deviceOf } from '../../support/device-factory';
import { bundleOf, hourMs, installationOf, madeAt } from '../../support/fleet-factory';
import { postgresFleet } from '../../support/postgres-fleet';
import { refusal } from '../../support/refusal';
import type { NewEvent } from '../../../src/core/event';
import type { DeviceSight } from '../../../src/ports/device-updates';
import { createCatalogRecords } from '../../../src/store/postgres/catalog/catalog-records';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import type { PostgresFleet } from '../../../src/store/postgres/fleet/fleet';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import type { Query } from '../../../src/store/postgres/queries';

const name = 'nodes';

/** Two servers on one database, and what becomes of them when it goes away. */
describe('two nodes on one PostgreSQL', () => {
  let postgres: Postgres;
  let url: string;
  let ageMs = 0;
  /** How far the clock of the second one is ahead. */
  let aheadMs = 0;
  let nodes: readonly {
    readonly database: Database;
    readonly journal: PostgresJournal;
    readonly fleet: PostgresFleet;
  }[];

  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.create(name);
  });
  beforeEach(async () => {
    // At first both find an empty database, and both want to migrate it.
    const databases = await Promise.all([openDatabase(url), openDatabase(url)]);
    await postgres.empty(name);
    aheadMs = 0;
    nodes = databases.map((database, index) => {
      const journal = new PostgresJournal(database);
      return {
        database,
        journal,
        fleet: postgresFleet(database, journal, {
          now: () => new Date(madeAt.getTime() + index * aheadMs),
          ageMs: () => ageMs,
        }),
      };
    });
  });
  afterEach(async () => {
    for (const { database } of nodes) await database.close();
  });

  const nodeOf = (index: number) => {
    const node = nodes[index % nodes.length];
    if (node === undefined) throw new Error('there are two nodes');
    return node;
  };
  const line = (text: string): NewEvent => ({
    kind: 'device.booted',
    at: madeAt,
    actor: { name: text, address: null },
    reason: anyReason(),
  });
  const actors = async () => (await nodeOf(0).journal.after(0, 1_000)).map(({ actor }) => actor.name);
  const terminateAll = () =>
    postgres.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rauc-simple-server'",
    );

  it('write on while one of them is frozen in the middle of a change', async () => {
    const [frozen, other] = [nodeOf(0), nodeOf(1)];
    let thaw: () => void = () => undefined;
    const thawed = new Promise<void>((resolve) => (thaw = resolve));
    const begun = new Promise<void>((begin) => {
      void frozen.database
        .transact(async (transaction) => {
          await frozen.journal.append(transaction, [line('frozen')]);
          begin();
          await thawed;
          await frozen.journal.append(transaction, [line('thawed')]);
        })
        .then(() => undefined);
    });
    await begun;
    await other.journal.record([line('other')]).finally(thaw);
    await frozen.database.transact(() => Promise.resolve()); // after its change, which ran again
    expect(await actors()).toEqual(['other', 'frozen', 'thawed']);
  });

  const claim =
    (deviceId: string, maxInProgress: number, at: Date = madeAt) =>
    (sight: DeviceSight) => {
      const device = deviceOf(deviceId);
      if (sight.releases.inProgress(1) >= maxInProgress) return { answer: false, device };
      const id = sight.nextInstallationId();
      const offered = { offeredAt: at, offerEndsAt: new Date(at.getTime() + hourMs) };
      return { answer: true, device, installations: [installationOf({ id, deviceId, ...offered })] };
    };

  it('never give away more places of a release than there are', async () => {
    const maxInProgress = 3;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        nodeOf(index).fleet.update(`dev-${index}`, claim(`dev-${index}`, maxInProgress)),
      ),
    );
    expect(answers.filter((hasPlace) => hasPlace)).toHaveLength(maxInProgress);
    expect(await nodeOf(1).fleet.counting((numbers) => numbers.inProgress(1))).toBe(maxInProgress);
    const found = await Promise.all(answers.map((_, index) => nodeOf(0).fleet.get(`dev-${index}`)));
    const ids = found.flatMap(({ installation }) => installation?.id ?? []);
    expect(ids.sort()).toEqual([1, 2, 3]);
  });

  /** Whose places are counted by a server, and whether it knows that the offer of `a` has ended. */
  async function counted(fleet: PostgresFleet) {
    const { installation } = await fleet.get('a');
    return fleet.counting((numbers) => ({
      inProgress: numbers.inProgress(1),
      hasEnded: installation !== null && numbers.hasEnded(installation),
    }));
  }

  it('take a place away for good once its offer has ended for the one whose clock is ahead', async () => {
    const [behind, ahead] = [nodeOf(0).fleet, nodeOf(1).fleet];
    expect(await behind.update('a', claim('a', 1))).toBe(true);
    const { installation } = await behind.get('a');
    if (installation === null) throw new Error('it was offered nothing');
    await behind.update('a', () => ({ answer: null, renewed: { ...installation, polls: 2 } }));
    aheadMs = hourMs;
    expect(await ahead.update('b', claim('b', 1, new Date(madeAt.getTime() + aheadMs)))).toBe(true);
    expect(await counted(behind)).toEqual({ inProgress: 1, hasEnded: true });
    await behind.flush(); // the offer was renewed before it ended, and is written later
    expect(await counted(behind)).toEqual({ inProgress: 1, hasEnded: true });
  });

  it('take a place away from an offer of the one whose clock is ahead that would hold it for long', async () => {
    const [behind, ahead] = [nodeOf(0).fleet, nodeOf(1).fleet];
    aheadMs = 365 * 24 * hourMs;
    expect(await ahead.update('a', claim('a', 1, new Date(madeAt.getTime() + aheadMs)))).toBe(true);
    expect(await behind.update('b', claim('b', 1))).toBe(true);
    expect(await behind.update('c', claim('c', 1))).toBe(false);
    expect(await counted(behind)).toEqual({ inProgress: 1, hasEnded: true });
  });

  it('decide one after the other what becomes of one device', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        nodeOf(index).fleet.updateOnDisk('a', ({ record }) => {
          const before = record?.device ?? deviceOf('a');
          const count = Number(before.facts.serial ?? 0) + 1;
          return { answer: count, device: { ...before, facts: { ...before.facts, serial: String(count) } } };
        }),
      ),
    );
    expect((await nodeOf(0).fleet.get('a')).device.facts.serial).toBe('20');
  });

  it('add up what each of them has sent to a device, and keep its latest contact', async () => {
    const installation = installationOf({ deviceId: 'a', state: 'downloading', bytesSent: 5 });
    const device = deviceOf('a', { lastContactAt: madeAt });
    await nodeOf(0).fleet.update('a', () => ({ answer: undefined, device, installations: [installation] }));
    const later = new Date(madeAt.getTime() + 60_000);
    for (const [index, at] of [later, madeAt].entries()) {
      const { fleet } = nodeOf(index);
      await fleet.update('a', ({ record }) => ({
        answer: undefined,
        seen: { ...(record?.device ?? device), lastContactAt: at },
      }));
      fleet.countBytes('a', 100, at);
    }
    await Promise.all(nodes.map(({ fleet }) => fleet.flush()));
    const found = await nodeOf(0).fleet.get('a');
    expect(found.installation).toMatchObject({ bytesSent: 205, movedAt: later });
    expect(found.device.lastContactAt).toEqual(later);
  });

  it('count what they send to a device that only another one heard, however long it reads', async () => {
    const installation = installationOf({ deviceId: 'a', state: 'downloading', bytesSent: 5 });
    const device = deviceOf('a');
    await nodeOf(0).fleet.update('a', () => ({ answer: undefined, device, installations: [installation] }));
    const { fleet } = nodeOf(1);
    expect(fleet.recent('a')).toBeUndefined();
    for (let asked = 0; asked < 3; asked += 1) {
      await fleet.lookUp('a');
      expect(fleet.recent('a')?.installation?.id).toBe(installation.id);
      fleet.countBytes('a', 100, madeAt);
      ageMs += 10_001;
      expect(fleet.recent('a')).toBeUndefined(); // another node may have heard it
    }
    await fleet.flush();
    expect((await nodeOf(0).fleet.get('a')).installation?.bytesSent).toBe(305);
  });

  it('know what a contact told them while they looked it up', async () => {
    const { fleet, database } = nodeOf(0);
    const tell = (serial: string) =>
      fleet.update('a', () => ({ answer: undefined, device: deviceOf('a', { facts: { serial } }) }));
    await tell('before');
    let go: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (go = resolve));
    const all = database.all.bind(database);
    jest.spyOn(database, 'all').mockImplementationOnce(async <Row>(select: Query<Row>) => {
      const rows = await all(select);
      await told;
      return rows;
    });
    const looking = fleet.lookUp('a');
    await tell('after');
    go();
    expect((await looking)?.device.facts.serial).toBe('before');
    expect(fleet.recent('a')?.device.facts.serial).toBe('after');
  });

  it('count what is sent to a device while a change of its installation is being saved', async () => {
    const installation = installationOf({ deviceId: 'a', state: 'downloading', bytesSent: 5 });
    const device = deviceOf('a');
    const { fleet } = nodeOf(0);
    await fleet.update('a', () => ({ answer: undefined, device, installations: [installation] }));
    fleet.countBytes('a', 10, madeAt);
    let isFirst = true;
    await fleet.updateOnDisk('a', ({ record }) => {
      if (isFirst) fleet.countBytes('a', 100, madeAt);
      isFirst = false;
      return {
        answer: undefined,
        installations: [{ ...(record?.installation ?? installation), state: 'interrupted' }],
      };
    });
    fleet.countBytes('a', 1_000, madeAt);
    expect((await fleet.get('a')).installation).toMatchObject({ state: 'interrupted', bytesSent: 1_115 });
    await fleet.flush();
    expect((await nodeOf(1).fleet.get('a')).installation?.bytesSent).toBe(1_115);
  });

  it('write lines that a reader finds in the order of their ids, none before one that it knows', async () => {
    const seen: number[] = [];
    const read = async () => {
      for (const { id } of await nodeOf(0).journal.after(seen.at(-1) ?? 0, 1_000)) seen.push(id);
    };
    let reading = Promise.resolve();
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        await nodeOf(index).journal.record([line(`${index} a`), line(`${index} b`)]);
        reading = reading.then(read);
      }),
    );
    await reading;
    await read();
    expect(seen).toHaveLength(80);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('lose nothing that was confirmed when every connection is terminated again and again', async () => {
    const confirmed: string[] = [];
    const refused: unknown[] = [];
    const write = async (text: string, index: number) => {
      try {
        await nodeOf(index).journal.record([line(text)]);
        confirmed.push(text);
      } catch (error) {
        refused.push(error);
      }
    };
    for (let round = 0; round < 5; round += 1) {
      const writing = Array.from({ length: 20 }, (_, index) => write(`${round} ${index}`, index));
      await Promise.all([...writing, terminateAll()]);
    }
    // What is refused may have happened: the connection ended during the commit.
    for (const error of refused) expect(error).toEqual(refusal('unavailable'));
    const written = await actors();
    expect(new Set(written).size).toBe(written.length);
    expect(written).toEqual(expect.arrayContaining(confirmed));
    await write('after', 0);
    expect(await actors()).toContain('after');
  });

  it('say that the database is away while it is, and go on when it is back', async () => {
    await nodeOf(0).fleet.updateOnDisk('a', () => ({ answer: undefined, device: deviceOf('a') }));
    await postgres.stop();
    const told = nodeOf(0).fleet.updateOnDisk('a', () => ({
      answer: undefined,
      device: deviceOf('a', { facts: { serial: 'told meanwhile' } }),
    }));
    await expect(told).rejects.toEqual(refusal('unavailable'));
    await expect(nodeOf(0).fleet.find('a')).rejects.toEqual(refusal('unavailable'));
    ageMs += 3_600_000; // a download may take as long
    expect((await nodeOf(0).fleet.lookUp('a'))?.device.id).toBe('a');
    expect(nodeOf(0).fleet.recent('a')?.device.id).toBe('a');
    await expect(nodeOf(1).fleet.lookUp('a')).rejects.toEqual(refusal('unavailable'));
    await expect(nodeOf(1).journal.record([line('lost')])).rejects.toEqual(refusal('unavailable'));
    expect(nodeOf(0).fleet.unsavedDevices()).toBe(1);
    await postgres.start();
    await nodeOf(1).journal.record([line('back')]);
    await nodeOf(0).fleet.flush();
    expect(nodeOf(0).fleet.unsavedDevices()).toBe(0);
    expect((await nodeOf(1).fleet.get('a')).device.facts.serial).toBe('told meanwhile');
    expect(await actors()).toEqual(['back']);
  });

  it('forget what they could not write once the device has told another one something newer', async () => {
    const later = new Date(madeAt.getTime() + 1_000);
    const tell = (index: number, serial: string, lastContactAt: Date) =>
      nodeOf(index).fleet.updateOnDisk('a', () => ({
        answer: undefined,
        device: deviceOf('a', { lastContactAt, facts: { serial } }),
      }));
    await postgres.stop();
    await expect(tell(0, 'told to one', madeAt)).rejects.toEqual(refusal('unavailable'));
    await postgres.start();
    await tell(1, 'told to the other', later);
    await nodeOf(0).fleet.flush();
    expect(nodeOf(0).fleet.unsavedDevices()).toBe(0);
    expect((await nodeOf(0).fleet.get('a')).device.facts.serial).toBe('told to the other');
  });

  it.each([
    ['stored', 'commit'],
    ['deleted', 'tombstone'],
  ] as const)(
    'show that a bundle was %s before they decide about a device that comes after it',
    async (_, change) => {
      const { database, journal, fleet } = nodeOf(0);
      let isShown = false;
      const records = createCatalogRecords(database, journal, {
        connect: () => Promise.reject(new Error('it is not watched')),
      });
      const committed = () => {
        isShown = true;
      };
      const changed =
        change === 'commit'
          ? records.commit({ bundle: bundleOf('v1'), committed })
          : records.tombstone({ name: 'v1.raucb', at: madeAt, by: 'ann', events: [], committed });
      const decided = fleet.updateOnDisk('a', (sight) => {
        const installation = installationOf({ id: sight.nextInstallationId(), deviceId: 'a' });
        return { answer: isShown, device: deviceOf('a'), installations: [installation] };
      });
      await changed;
      expect(await decided).toBe(true);
    },
  );

  it('do not start on a database of a newer version', async () => {
    await postgres.run('UPDATE schema_version SET version = version + 1, oldest = version + 1', name);
    await expect(openDatabase(url)).rejects.toEqual(refusal('configuration'));
    await postgres.run('UPDATE schema_version SET version = version - 1, oldest = version - 1', name);
  });
});
