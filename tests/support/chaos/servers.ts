import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually';
import { type ServerProcess, startServer } from '../server-process';

export interface ServersOptions {
  /** Where `certs/` is, and the data folder of each server. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The address of their database; each uses the role with its own name. */
  readonly database: string;
  readonly names: readonly string[];
}

/** One of the servers. Each start is another process with other ports. */
export class Slot {
  server!: ServerProcess;
  /** Whether it runs and is to answer now. */
  state: 'down' | 'up' | 'frozen' = 'down';

  constructor(
    readonly name: string,
    private readonly options: ServersOptions,
  ) {}

  /** Starts it. PostgreSQL and the object store may be away: then a service manager starts it again, and so does this. */
  async start(): Promise<void> {
    const { folder, database } = this.options;
    const url = new URL(database);
    url.username = this.name;
    const env = { ...this.options.env, DATABASE_URL: url.href };
    await eventually(async () => {
      try {
        this.server = await startServer({ folder, env, args: ['--data-dir', path.join(folder, this.name)] });
        return true;
      } catch {
        await delay(200);
        return false;
      }
    });
    this.state = 'up';
  }

  /** Ends it, loses its cache of bundles, and starts it again. */
  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.state = 'down';
    await this.server.stop(signal);
    await rm(path.join(this.options.folder, this.name, 'bundle-cache'), { recursive: true, force: true });
    await this.start();
  }

  freeze(): void {
    this.state = 'frozen';
    this.server.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.server.process.kill('SIGCONT');
    this.state = 'up';
  }
}

/** Servers on one database and one object store. */
export class Servers {
  readonly slots: readonly Slot[];

  constructor(options: ServersOptions) {
    this.slots = options.names.map((name) => new Slot(name, options));
  }

  /** Starts the first one, which makes the tables, and then the others. */
  async start(): Promise<void> {
    const [first, ...others] = this.slots;
    await first?.start();
    await Promise.all(others.map((slot) => slot.start()));
  }

  /** Those that run, also the frozen ones. */
  running(): readonly ServerProcess[] {
    return this.slots.filter(({ state }) => state !== 'down').map(({ server }) => server);
  }

  /** Those that are to answer. */
  answering(): readonly Slot[] {
    return this.slots.filter(({ state }) => state === 'up');
  }

  /** The slot of the server that leads, as far as those that answer know. */
  async leader(): Promise<Slot | undefined> {
    for (const slot of this.answering()) if (await leads(slot.server)) return slot;
    return undefined;
  }
}

async function leads({ adminUrl }: ServerProcess): Promise<boolean> {
  const answer = await fetch(`${adminUrl}/health`).catch(() => undefined);
  const health = (await answer?.json().catch(() => undefined)) as { readonly leads?: boolean } | undefined;
  return health?.leads === true;
}
