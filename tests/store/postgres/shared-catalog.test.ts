import path from 'node:path';
import type { Client } from 'pg';
import { type CommitCutter, startCommitCutter } from '../../support/commit-cutter';
import { deviceOf } from '../../support/device-factory';
import { eventually } from '../../support/eventually';
import { bundleOf, installationOf, madeAt } from '../../support/fleet-factory';
import { postgresFleet } from '../../support/postgres-fleet';
import { type Postgres, startDatabase } from '../../support/postgres';
import { refusal } from '../../support/refusal';
import { Catalog } from '../../../src/services/catalog/catalog';
import { createCatalogRecords } from '../../../src/store/postgres/catalog/catalog-records';
import type { ChangeWatchOptions } from '../../../src/store/postgres/change-watch';
import { connectionOptions } from '../../../src/store/postgres/connection-options';
import { type Database, openDatabase } from '../../../src/store/postgres/database';
import type { PostgresFleet } from '../../../src/store/postgres/fleet/fleet';
import { PostgresJournal } from '../../../src/store/postgres/journal-records';
import { openClient } from '../../../src/store/postgres/open-client';

const name = 'catalogs';
const [first, second] = [bundleOf('board', '1.0.0'), bundleOf('board', '2.0.0')];
const never = 3_600_000;

interface Node {
  readonly database: Database;
  readonly catalog: Catalog;
  readonly fleet: PostgresFleet;
  /** Has the catalog watched, which no test needs unless it is about that. */
  watch(): void;
}

/** Two servers on one database, each with a copy of the catalog. Nothing tells one of them what the other does. */
describe('the catalog that two nodes share', () => {
  let postgres: Postgres;
  let url: string;
  let cutter: CommitCutter;
  let a: Node;
  let b: Node;
  const closing: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    ({ postgres, url } = await startDatabase(name));
    cutter = await startCommitCutter(path.join(postgres.socketFolder, '.s.PGSQL.5432'));
  });
  beforeEach(async () => {
    await postgres.empty(name);
    a = await open();
    b = await open();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function open(address = url, watching: Partial<ChangeWatchOptions> = {}): Promise<Node> {
    const database = await openDatabase(address);
    closing.push(() => database.close());
    const journal = new PostgresJournal(database);
    const connect = () => openClient(connectionOptions(address));
    const records = createCatalogRecords(database, journal, { connect, everyMs: never, ...watching });
    const catalog = await Catalog.load(records);
    const catchUp = (version: number) => catalog.catchUp(version);
    const fleet = postgresFleet(database, journal, { catchUp });
    return {
      database,
      catalog,
      fleet,
      watch() {
        const watch = records.watch(() => catalog.catchUp());
        closing.push(() => watch.close());
      },
    };
  }

  const current = ({ catalog }: Node) => catalog.findCurrent('board', 'stable')?.bundle.name;
  const activation = (bundleName: string) =>
    ({
      compatible: 'board',
      channel: 'stable',
      action: 'activate',
      bundleName,
      previousBundleName: null,
      at: madeAt,
      by: 'ann',
      forced: false,
    }) as const;
  const release = ({ catalog }: Node, bundle = first) =>
    catalog.exclusively(() => catalog.commit({ bundle, activation: activation(bundle.name) }));
  const tombstone = ({ catalog }: Node, bundleName: string) =>
    catalog.exclusively(async () => {
      const isCurrent = catalog.usesOf(bundleName).length > 0;
      if (isCurrent) throw new Error('it is current');
      catalog.get(bundleName);
      await catalog.tombstone({ name: bundleName, at: madeAt, by: 'ann', events: [] });
    });
  /** Accepts one more failure, so that a change that is lost shows. */
  const forgiveOne = ({ catalog }: Node) =>
    catalog.exclusively(async () => {
      const { id, rollout } = catalog.findCurrent('board', 'stable') ?? {};
      if (id === undefined || rollout === undefined) throw new Error('nothing is current');
      const { forgivenFailures } = rollout;
      await catalog.commit({
        rollout: { releaseId: id, rollout: { ...rollout, forgivenFailures: forgivenFailures + 1 } },
      });
    });
  const forgiven = ({ catalog }: Node) => catalog.findCurrent('board', 'stable')?.rollout.forgivenFailures;
  /** A poll that tells nothing new, and so costs one statement. */
  const poll = (node: Node, id = 'a') =>
    node.fleet.update(id, ({ record }) => ({
      answer: current(node),
      seen: record?.device ?? deviceOf(id),
    }));
  const terminateAll = () =>
    postgres.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rauc-simple-server'",
    );

  describe('a device that asks one after the other has changed it', () => {
    it.each(['known', 'unknown'])('is answered by the new one, if it is %s', async (kind) => {
      if (kind === 'known')
        await b.fleet.updateOnDisk('a', () => ({ answer: undefined, device: deviceOf('a') }));
      expect(await poll(b)).toBeUndefined();
      await release(a, first);
      expect(await poll(b)).toBe(first.name);
      await release(a, second);
      expect(await Promise.all([poll(b), poll(b), poll(b, 'b')])).toEqual(Array(3).fill(second.name));
    });

    it('is offered the new one, by the transaction that makes the offer', async () => {
      await release(a, first);
      const offered = await b.fleet.updateOnDisk('a', (sight) => {
        const bundleName = current(b);
        const id = sight.nextInstallationId();
        return {
          answer: bundleName,
          device: deviceOf('a'),
          installations: [installationOf({ id, deviceId: 'a' })],
        };
      });
      expect(offered).toBe(first.name);
    });

    it('is decided about by people with the new one', async () => {
      await b.fleet.updateOnDisk('a', () => ({ answer: undefined, device: deviceOf('a') }));
      await release(a, first);
      let known: string | undefined;
      await b.fleet.decisions.intervene('a', () => {
        known = current(b);
        return { installations: [], events: [] };
      });
      expect(known).toBe(first.name);
    });

    it('gets no answer while the new one cannot be loaded', async () => {
      await release(a, first);
      await poll(b);
      await release(a, second);
      const load = jest.spyOn(Object.getPrototypeOf(b.database) as Database, 'readTogether');
      load.mockRejectedValueOnce(refusal('unavailable'));
      await expect(poll(b)).rejects.toEqual(refusal('unavailable'));
      load.mockRestore();
      expect(await poll(b)).toBe(second.name);
    });
  });

  describe('changes at once', () => {
    it('are each decided on what the others left', async () => {
      await release(a);
      await Promise.all(Array.from({ length: 20 }, (_, index) => forgiveOne(index % 2 === 0 ? a : b)));
      await Promise.all([poll(a), poll(b)]);
      expect([forgiven(a), forgiven(b)]).toEqual([20, 20]);
    });

    it('are decided again even if the copy was loaded again underneath them', async () => {
      await release(a, first);
      const seen: (string | undefined)[] = [];
      await b.catalog.exclusively(async () => {
        seen.push(current(b));
        if (seen.length === 1) {
          await release(a, second);
          await poll(b);
        }
        await b.catalog.commit({ bundle: { ...first, uploadedBy: seen.join() } });
      });
      expect(seen).toEqual([first.name, second.name]);
      expect(b.catalog.get(first.name).uploadedBy).toBe(seen.join());
    });

    it('are refused after a bounded number of decisions', async () => {
      let decisions = 0;
      const change = b.catalog.exclusively(async () => {
        decisions += 1;
        await release(a, first);
        await b.catalog.commit({ bundle: second });
      });
      await expect(change).rejects.toMatchObject({ reason: { code: 'catalog-changed' } });
      expect(decisions).toBe(10);
      expect(b.catalog.find(second.name)).toBeUndefined();
    });

    it('may belong to one decision', async () => {
      await b.catalog.exclusively(() =>
        Promise.all([first, second].map((bundle) => b.catalog.commit({ bundle }))),
      );
      await poll(a);
      expect(a.catalog.bundles().map((bundle) => bundle.name)).toEqual([first.name, second.name]);
    });

    it('lose nothing that was confirmed while every connection is terminated again and again', async () => {
      await release(a);
      let confirmed = 0;
      let doubtful = 0;
      const forgive = async (node: Node) => {
        try {
          await forgiveOne(node);
          confirmed += 1;
        } catch (error) {
          expect(error).toEqual(refusal('unavailable'));
          doubtful += 1;
        }
      };
      for (let round = 0; round < 5; round += 1)
        await Promise.all([forgive(a), forgive(b), forgive(a), forgive(b), terminateAll()]);
      expect(await poll(a)).toBe(await poll(b));
      expect(forgiven(a)).toBe(forgiven(b));
      expect(forgiven(a)).toBeGreaterThanOrEqual(confirmed);
      expect(forgiven(a)).toBeLessThanOrEqual(confirmed + doubtful);
    });
  });

  it('deletes no bundle of which the other node makes a release at the same time', async () => {
    await a.catalog.exclusively(() => a.catalog.commit({ bundle: first }));
    const deleted = b.catalog.exclusively(async () => {
      if (b.catalog.usesOf(first.name).length > 0) throw new Error('it is current');
      if (current(a) === undefined) await release(a);
      await b.catalog.tombstone({ name: first.name, at: madeAt, by: 'ann', events: [] });
    });
    await expect(deleted).rejects.toThrow('it is current');
    expect(await poll(b)).toBe(first.name);
  });

  it('makes no release of a bundle that the other node deletes at the same time', async () => {
    await a.catalog.exclusively(() => a.catalog.commit({ bundle: first }));
    const released = b.catalog.exclusively(async () => {
      const bundle = b.catalog.get(first.name);
      if (a.catalog.find(first.name) !== undefined) await tombstone(a, first.name);
      await b.catalog.commit({ activation: activation(bundle.name) });
    });
    await expect(released).rejects.toEqual(refusal('not-found'));
    expect(await poll(b)).toBeUndefined();
  });

  describe('a node that nobody asks', () => {
    const isShown = (node: Node, bundleName: string) =>
      eventually(() => Promise.resolve(current(node) === bundleName));

    it('learns of a change by a notification, also after its connection was terminated', async () => {
      const listeners: Client[] = [];
      const connect = async () => {
        const client = await openClient(connectionOptions(url));
        listeners.push(client);
        return client;
      };
      const node = await open(url, { connect, reconnectMs: 1 });
      node.watch();
      await eventually(() => Promise.resolve(listeners.length === 1));
      await release(a, first);
      await isShown(node, first.name);
      await terminateAll();
      await eventually(() => Promise.resolve(listeners.length === 2));
      await release(a, second);
      await isShown(node, second.name);
    });

    it('looks by itself when no notification arrives', async () => {
      const watching = { connect: () => Promise.reject<Client>(new Error('no listener')), everyMs: 10 };
      const node = await open(url, watching);
      node.watch();
      await release(a, first);
      await isShown(node, first.name);
    });
  });

  describe('a change whose connection is cut at the commit', () => {
    const through = () => `postgres://postgres@127.0.0.1:${cutter.port}/${name}`;

    it.each(['before', 'after'] as const)('leaves the copy as the database has it, %s it', async (at) => {
      const node = await open(through());
      await release(a, first);
      await poll(node);
      const cut = cutter.cutNext(at);
      await Promise.all([expect(release(node, second)).rejects.toEqual(refusal('unavailable')), cut]);
      const kept = at === 'after' ? second.name : first.name;
      expect(await poll(node)).toBe(kept);
      expect(await postgres.run('SELECT bundle FROM releases', name)).toEqual([{ bundle: kept }]);
    });
  });
});
