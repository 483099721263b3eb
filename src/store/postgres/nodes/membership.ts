import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientConfig, QueryResult } from 'pg';
import { SharedRun } from '../../../base/collections/shared-run';
import { DomainError } from '../../../core/errors';
import { storedVersion } from '../migrate';
import { migrations } from '../migrations';
import { openClient } from '../open-client';
import { postgresError } from '../postgres-error';
import { compiled } from '../queries';
import { refusePooler } from '../refuse-pooler';
import { releaseServerLock, tryServerLock } from '../server-lock';
import type { WriteGuard } from '../writer';
import { leaderChannel, LeaderLease, leadershipLost } from './leader-lease';
import { presentNames, removeNode, saveNode, type ThisNode } from './node-rows';

export interface MembershipOptions {
  readonly connection: ClientConfig;
  readonly node: ThisNode;
  /** How long to wait for whatever keeps this server out, in milliseconds. */
  readonly patienceMs: number;
  /** How often to record that this server runs, in milliseconds; default: 2 seconds. */
  readonly beatMs?: number;
  /** Called when the connection that marks this server as present ends; it is opened again. */
  readonly onInterrupted: (error: unknown) => void;
  /** Called once, when a newer version has upgraded the tables: this server must end. */
  readonly onOutdated: (error: DomainError) => void;
}

/** How often to ask for a lock, and how long to wait before connecting again, in milliseconds. */
const retryMs = 200;
const reconnectMs = 1_000;

interface Standing {
  /** As text, unless the connection's types say otherwise. */
  readonly schema: number | string | null;
  readonly epoch: number | string | null;
}

/**
 * Makes this server one of those on a database. A separate connection holds a lock that all servers share; PostgreSQL releases it when the
 * process ends, however that happens. A process that needs the database for itself, to upgrade or move it, takes the lock exclusively.
 */
export class Membership implements WriteGuard {
  readonly lease: LeaderLease;
  readonly selectStanding =
    'SELECT (SELECT version FROM schema_version) AS schema, (SELECT epoch FROM leader) AS epoch';
  #client: Client | undefined;
  #catalogVersion = () => 0;
  #isEnding = false;
  #isOutdated = false;
  #timer: NodeJS.Timeout | undefined;
  #regaining: Promise<void> = Promise.resolve();
  readonly #ending = new AbortController();
  readonly #beats = new SharedRun(() => this.#beat());

  constructor(private readonly options: MembershipOptions) {
    this.lease = new LeaderLease(options.node.id, () => performance.now());
  }

  /**
   * Waits until this server may run. The first server that needs newer tables upgrades them, while no other runs.
   * @throws DomainError `configuration` when others run on older tables, a newer version has been here, or a pooler is in between;
   * `unavailable`
   */
  async join(upgrade: () => Promise<void>): Promise<void> {
    const client = await openClient(this.options.connection);
    this.#client = client;
    try {
      await refusePooler(client, () => openClient(this.options.connection));
      const until = performance.now() + this.options.patienceMs;
      for (;;) {
        const entry = await enter(client, upgrade);
        if (entry === 'in') break;
        if (performance.now() >= until) throw await keptAway(client, entry);
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
    if (standing === undefined || Number(standing.schema) !== migrations.length) throw this.#endAsOutdated();
    return Number(standing.epoch);
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

  #endAsOutdated(): DomainError {
    const error = DomainError.of('database-upgraded');
    if (!this.#isOutdated) {
      this.#isOutdated = true;
      this.options.onOutdated(error);
    }
    return error;
  }
}

/**
 * Whether a server may run, and if not, why: another process has the database for itself, or servers run on tables of an earlier
 * version.
 */
type Entry = 'in' | 'closed' | 'outdated';

async function enter(client: Client, upgrade: () => Promise<void>): Promise<Entry> {
  if (!(await tryServerLock(client, 'shared'))) return 'closed';
  const version = await storedVersion({
    all: async (statement) => (await client.query(compiled(statement).sql)).rows as never[],
  });
  if (version === migrations.length) return 'in';
  const isAlone = version < migrations.length && (await tryServerLock(client, 'alone'));
  if (version > migrations.length || isAlone) await upgrade(); // it refuses the tables of a newer version
  if (isAlone) await releaseServerLock(client, 'alone');
  else await releaseServerLock(client, 'shared'); // otherwise two that start together would each block the other's upgrade
  return isAlone ? 'in' : 'outdated';
}

async function keptAway(client: Client, entry: Exclude<Entry, 'in'>): Promise<DomainError> {
  const names = await presentNames(client).catch(() => []); // the tables of an earlier version
  const code = entry === 'outdated' ? 'database-upgrade-waits' : 'database-in-use';
  return DomainError.of(code, { holder: names.join(', ') });
}
