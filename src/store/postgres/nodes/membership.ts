import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientConfig, QueryResult } from 'pg';
import { SharedRun } from '../../../base/collections/shared-run';
import { DomainError } from '../../../core/errors';
import type { MigrateOptions } from '../migrate';
import { type Migration, migrations } from '../migrations';
import { openClient } from '../open-client';
import { postgresError } from '../postgres-error';
import { refusePooler } from '../refuse-pooler';
import { releaseServerLock, tryServerLock } from '../server-lock';
import { fitOf, type TablesVersion, tablesVersionOf } from '../tables-version';
import type { WriteGuard } from '../writer';
import { type BundlePlace, selectPlace, usePlace } from './bundle-place';
import { leaderChannel, LeaderLease, leadershipLost } from './leader-lease';
import { presentNames, removeNode, saveNode, type ThisNode } from './node-rows';

export interface MembershipOptions {
  readonly connection: ClientConfig;
  readonly node: ThisNode;
  readonly bundles: BundlePlace;
  /** How long to wait for whatever keeps this server out, in milliseconds. */
  readonly patienceMs: number;
  /** How often to record that this server runs, in milliseconds; default: 2 seconds. */
  readonly beatMs?: number;
  /** Called when the connection that marks this server as present ends; it is opened again. */
  readonly onInterrupted: (error: unknown) => void;
  /** Called once, when a newer version has added to the tables, and this server goes on. */
  readonly onAhead?: () => void;
  /** Called once, when a newer version has changed the tables, or others have the bundles elsewhere: this server must end. */
  readonly onOutdated: (error: DomainError) => void;
  /** What the tables must have been through; default: what this program knows. */
  readonly migrations?: readonly Migration[];
}

/** How often to ask for a lock, and how long to wait before connecting again, in milliseconds. */
const retryMs = 200;
const reconnectMs = 1_000;

interface Standing extends TablesVersion {
  /** As text, unless the connection's types say otherwise. */
  readonly epoch: number | string | null;
  readonly place: string | null;
}

/**
 * Makes this server one of those on a database. A separate connection holds a lock that all servers share; PostgreSQL releases it when the
 * process ends, however that happens. A process that needs the database for itself, to upgrade or move it, takes the lock exclusively.
 */
export class Membership implements WriteGuard {
  readonly lease: LeaderLease;
  readonly selectStanding = `SELECT version, oldest, (SELECT epoch FROM leader) AS epoch, ${selectPlace} AS place
    FROM schema_version`;
  #client: Client | undefined;
  #catalogVersion = () => 0;
  #isEnding = false;
  #isOutdated = false;
  #isAhead = false;
  #timer: NodeJS.Timeout | undefined;
  #regaining: Promise<void> = Promise.resolve();
  readonly #migrations: readonly Migration[];
  readonly #ending = new AbortController();
  readonly #beats = new SharedRun(() => this.#beat());

  constructor(private readonly options: MembershipOptions) {
    this.#migrations = options.migrations ?? migrations;
    this.lease = new LeaderLease(options.node.id, () => performance.now());
  }

  /**
   * Waits until this server may run. The first server that needs newer tables upgrades them; if a step contracts, while no other runs.
   * @throws DomainError `configuration` when others must be stopped first or have the bundles elsewhere, a newer version has been here, or a
   * pooler is in between; `unavailable`
   */
  async join(upgrade: (options: MigrateOptions) => Promise<void>): Promise<void> {
    const client = await openClient(this.options.connection);
    this.#client = client;
    try {
      await refusePooler(client, () => openClient(this.options.connection));
      const until = performance.now() + this.options.patienceMs;
      for (;;) {
        const obstacle = await this.#enter(client, upgrade);
        if (obstacle === undefined) break;
        if (performance.now() >= until) throw obstacle;
        await delay(retryMs * (0.5 + Math.random()));
      }
      await client.query(
        "INSERT INTO leader (epoch, node, renewed_at) VALUES (0, NULL, '-infinity') ON CONFLICT DO NOTHING",
      );
      await saveNode(client, this.options.node, 0);
      const isAlone = await tryServerLock(client, 'alone');
      if (isAlone) await releaseServerLock(client, 'alone');
      await this.lease.renew(client, { isAlone });
      await this.#keep(client);
    } catch (error) {
      throw postgresError(error);
    }
    this.#timer = setInterval(() => void this.#beats.start(), this.options.beatMs ?? 2_000).unref();
  }

  /** Shows other nodes which version of the catalog this one has. */
  report(catalogVersion: () => number): void {
    this.#catalogVersion = catalogVersion;
  }

  present(): number | undefined {
    return this.lease.present();
  }

  check(results: QueryResult | readonly QueryResult[]): number {
    const last = 'rows' in results ? results : results.at(-1);
    const [standing] = (last?.rows ?? []) as Standing[];
    if (standing === undefined || !this.#fits(standing)) throw this.#end('database-upgraded');
    const { place, epoch } = standing;
    if (place !== null && place !== this.options.bundles.id) throw this.#end('bundles-elsewhere');
    return Number(epoch);
  }

  refuse(epoch: number): DomainError {
    this.lease.lose(epoch);
    return leadershipLost();
  }

  /** Lets another node lead, and gives up the database to any process that needs it for itself. */
  async leave(): Promise<void> {
    this.#isEnding = true;
    this.#ending.abort();
    clearInterval(this.#timer);
    await this.#beats.ended();
    await this.#regaining;
    const client = this.#client;
    if (client === undefined) return;
    if (this.#timer !== undefined)
      await this.lease
        .giveUp(client)
        .then(() => removeNode(client, this.options.node))
        .catch(() => undefined); // others take over when the lease has run out
    await client.end().catch(() => undefined);
  }

  /** Never rejects: a connection that ended is opened again, and a lease that was not renewed runs out. */
  async #beat(): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.#isEnding) return;
    try {
      await saveNode(client, this.options.node, this.#catalogVersion());
      await this.lease.renew(client);
    } catch (error) {
      this.options.onInterrupted(postgresError(error));
    }
  }

  async #keep(client: Client): Promise<void> {
    client.once('end', () => {
      this.#client = undefined;
      if (this.#isEnding) return;
      this.options.onInterrupted(DomainError.of('database-away'));
      this.#regaining = this.#regain();
    });
    client.on('notification', () => void this.#beats.start());
    await client.query(`LISTEN ${leaderChannel}`);
    this.#client = client;
  }

  /** Connects again, unless another process now has the database for itself. */
  async #regain(): Promise<void> {
    while (!this.#isEnding && !this.#isOutdated) {
      const client = await openClient(this.options.connection).catch(() => undefined);
      if (client !== undefined && (await this.#isBack(client))) return;
      await client?.end().catch(() => undefined); // it must not keep a lock from the next attempt
      await delay(reconnectMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
    }
  }

  async #isBack(client: Client): Promise<boolean> {
    try {
      if (!(await tryServerLock(client, 'shared'))) return false;
      this.check(await client.query(this.selectStanding));
      await this.#keep(client);
      return true;
    } catch {
      return false; // the connection has ended again, or the tables are newer, which ends this server
    }
  }

  /** Takes the lock that servers share. @returns what keeps this server away */
  async #enter(
    client: Client,
    upgrade: (options: MigrateOptions) => Promise<void>,
  ): Promise<DomainError | undefined> {
    if (!(await tryServerLock(client, 'shared')))
      return DomainError.of('database-in-use', { holder: (await presentNames(client)).join(', ') });
    const isAlone = await tryServerLock(client, 'alone');
    try {
      const obstacle =
        (await this.#bringUpToDate(client, () => upgrade({ migrations: this.#migrations, isAlone }))) ??
        (await usePlace(client, this.options.bundles, isAlone));
      if (obstacle !== undefined) await releaseServerLock(client, 'shared'); // two that start together would block each other
      return obstacle;
    } finally {
      if (isAlone) await releaseServerLock(client, 'alone');
    }
  }

  /** @returns why the tables cannot be upgraded now */
  async #bringUpToDate(client: Client, upgrade: () => Promise<void>): Promise<DomainError | undefined> {
    if (this.#fits(await tablesVersionOf(client))) return undefined;
    try {
      await upgrade(); // refuses tables that are too new
      return undefined;
    } catch (error) {
      if (!isObstacle(error)) throw error;
      return error;
    }
  }

  #fits(stored: TablesVersion): boolean {
    const fit = fitOf(stored, this.#migrations.length);
    if (fit === 'ahead' && !this.#isAhead) {
      this.#isAhead = true;
      this.options.onAhead?.();
    }
    return fit === 'same' || fit === 'ahead';
  }

  #end(code: 'database-upgraded' | 'bundles-elsewhere'): DomainError {
    const error = DomainError.of(code, { holder: '' });
    if (!this.#isOutdated) {
      this.#isOutdated = true;
      this.options.onOutdated(error);
    }
    return error;
  }
}

/** What other processes may end soon: they use the tables that this one must upgrade, in a version that knows only those, or for long. */
function isObstacle(error: unknown): error is DomainError {
  if (!(error instanceof DomainError)) return false;
  return error.reason?.code === 'database-upgrade-waits' || error.reason?.code === 'database-upgrade-blocked';
}
