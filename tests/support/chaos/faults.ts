import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually';
import type { GateProxy } from '../gate-proxy';
import type { Postgres } from '../postgres';
import { one } from './one';
import type { Servers, Slot } from './servers';

export const faultNames = ['freeze', 'kill', 'stop', 'cut', 'database', 'store', 'wrong'] as const;
export type FaultName = (typeof faultNames)[number];

export interface FaultsOptions {
  readonly servers: Servers;
  readonly postgres: Postgres;
  readonly store: GateProxy;
  /** How long the leader is frozen, in milliseconds: longer than its lease. */
  readonly frozenMs: number;
  /** How long the object store is away, in milliseconds. */
  readonly awayMs: number;
}

/** What goes wrong, and how often it did. */
export class Faults {
  readonly counts = new Map<string, number>();

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
    await this.make('database');
    await this.make('stop');
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
    await this[name]();
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** The leader stops in its tracks. When it wakes up, another one leads. */
  private async freeze(): Promise<void> {
    const { servers, frozenMs } = this.options;
    let leader: Slot | undefined;
    await eventually(async () => (leader = await servers.leader()) !== undefined);
    leader?.freeze();
    await delay(frozenMs);
    await eventually(async () => (await servers.leader()) !== undefined);
    leader?.thaw();
  }

  private async kill(): Promise<void> {
    await this.#someSlot()?.restart('SIGKILL');
  }

  private async stop(): Promise<void> {
    await this.#someSlot()?.restart('SIGTERM');
  }

  /** All connections to PostgreSQL are terminated. */
  private async cut(): Promise<void> {
    await this.options.postgres.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rauc-simple-server'",
    );
  }

  /** PostgreSQL is restarted. */
  private async database(): Promise<void> {
    const { postgres } = this.options;
    await postgres.stop();
    await delay(500 + Math.random() * 1_500);
    await postgres.start();
  }

  /** The object store refuses connections, or hangs. */
  private async store(): Promise<void> {
    const { store, awayMs } = this.options;
    if (Math.random() < 0.5) store.shut();
    else store.freeze();
    await delay(awayMs);
    store.open();
  }

  /** The object store returns wrong bytes to a server with an empty cache. */
  private async wrong(): Promise<void> {
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
