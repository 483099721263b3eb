import { setTimeout as delay } from 'node:timers/promises';
import type { GateProxy } from '../gate-proxy';
import type { Postgres } from '../postgres';
import { one } from './one';
import type { Servers, Slot } from './servers';
import type { WebhookReceiver } from './webhook-receiver';

export const faultNames = ['freeze', 'kill', 'stop', 'cut', 'database', 'store', 'wrong'] as const;
export type FaultName = (typeof faultNames)[number];

export interface FaultsOptions {
  readonly servers: Servers;
  readonly postgres: Postgres;
  readonly store: GateProxy;
  readonly receiver: WebhookReceiver;
  /** How long the leader is frozen, in milliseconds: longer than its lease. */
  readonly frozenMs: number;
  /** How long the object store is away, in milliseconds. */
  readonly awayMs: number;
}

/** What goes wrong, and how often it did. */
export class Faults {
  readonly counts = new Map<string, number>();
  readonly #acts: Readonly<Record<FaultName, () => Promise<void>>> = {
    freeze: () => this.#freeze(),
    kill: () => this.#restart('SIGKILL'),
    stop: () => this.#restart('SIGTERM'),
    cut: () => this.#cut(),
    database: () => this.#restartDatabase(),
    store: () => this.#storeAway(),
    wrong: () => this.#wrongBytes(),
  };

  constructor(private readonly options: FaultsOptions) {}

  /** Each fault once, most of them while the leader is frozen. */
  async each(): Promise<void> {
    const during = async () => {
      await delay(300);
      await this.make('wrong');
      await Promise.all([this.make('kill'), this.make('store')]);
      await this.make('cut');
    };
    await Promise.all([this.make('freeze'), during()]);
    await Promise.all([this.make('database'), this.make('stop')]);
  }

  /** Any of these faults, until the time is over. The leader is frozen beside the others. */
  async any(names: readonly FaultName[], untilMs: number): Promise<void> {
    const others = names.filter((name) => name !== 'freeze');
    const repeat = async (some: readonly FaultName[], pauseMs: number) => {
      while (some.length > 0 && performance.now() < untilMs) {
        await this.make(one(some));
        await delay(Math.random() * pauseMs);
      }
    };
    await Promise.all([
      repeat(
        names.filter((name) => name === 'freeze'),
        40_000,
      ),
      repeat(others, 4_000),
    ]);
  }

  async make(name: FaultName): Promise<void> {
    await this.#acts[name]();
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** The leader stops in the middle of its work. When it wakes up and continues with it, another one leads. */
  async #freeze(): Promise<void> {
    const leader = await this.#awaitLeader();
    await this.options.receiver.whileAsked(() => leader.freeze());
    await delay(this.options.frozenMs);
    await this.#awaitLeader();
    leader.thaw();
  }

  async #awaitLeader(): Promise<Slot> {
    for (;;) {
      const leader = await this.options.servers.leader();
      if (leader !== undefined) return leader;
      await delay(100);
    }
  }

  async #restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#someSlot()?.restart(signal);
  }

  /** All connections to PostgreSQL are terminated. */
  async #cut(): Promise<void> {
    await this.options.postgres.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rauc-simple-server'",
    );
  }

  /** PostgreSQL is restarted. */
  async #restartDatabase(): Promise<void> {
    const { postgres } = this.options;
    await postgres.stop();
    await delay(500 + Math.random() * 1_500);
    await postgres.start();
  }

  /** The object store refuses connections, or hangs. */
  async #storeAway(): Promise<void> {
    const { store, awayMs } = this.options;
    if (Math.random() < 0.5) store.shut();
    else store.freeze();
    await delay(awayMs);
    store.open();
  }

  /** The object store returns wrong bytes to a server with an empty cache. */
  async #wrongBytes(): Promise<void> {
    const { store } = this.options;
    const slot = this.#someSlot();
    const before = store.spoiled;
    store.spoil();
    await slot?.restart('SIGKILL');
    const end = performance.now() + 3_000;
    while (store.spoiled === before && performance.now() < end) await delay(20);
    await delay(300);
    store.open();
    await slot?.restart('SIGKILL');
  }

  /** One that runs, but not the last one. */
  #someSlot(): Slot | undefined {
    const running = this.options.servers.answering();
    return running.length < 2 ? undefined : one(running);
  }
}
