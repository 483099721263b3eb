import cluster, { type Worker } from 'node:cluster';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from '../cli/kernel/wiring';
import type { Config } from '../config/config';
import { flagName } from '../config/options';
import { DomainError } from '../core/errors';
import type { Log } from '../ports/log';
import { openLog } from './log';
import { type RunningProcess, runningIn, stopMessage } from './process-messages';

/** How long to wait before a process is started again that could not be started, in milliseconds. */
const retryMs = 1_000;

/**
 * Starts several processes that share the ports of this one, each a server of its own on the database. One that ends is replaced.
 * @throws DomainError `configuration` if one of them cannot be started; it has said why
 */
export async function serveProcesses(config: Config): Promise<RunningServer> {
  const log = openLog(config);
  const processes = new Processes(config, log);
  try {
    const running = await processes.start();
    return {
      ...running,
      crashed: (error) => log.error({ err: error }, 'an exception was not caught: all processes end'),
      close: () => processes.close(),
    };
  } catch (error) {
    await processes.close();
    throw error;
  }
}

class Processes {
  /** By number, from 1. */
  readonly #workers = new Map<number, Worker>();
  readonly #running = new Set<Worker>();
  readonly #closing = new AbortController();
  #hasStarted = false;

  constructor(
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** @returns what the first one tells: the others have the same addresses */
  async start(): Promise<RunningProcess> {
    const first = await this.#start(1); // it creates what is missing
    const numbers = Array.from({ length: this.config.processes - 1 }, (_, index) => index + 2);
    await Promise.all(numbers.map((number) => this.#start(number)));
    this.#hasStarted = true;
    return first;
  }

  /** Resolves when all have ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    const workers = [...this.#workers.values()];
    const ended = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of workers) if (worker.isConnected()) worker.send(stopMessage, ignoreFailure);
    await Promise.all(ended);
  }

  #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @returns once it serves @throws DomainError if it ends before */
  #start(number: number): Promise<RunningProcess> {
    cluster.setupPrimary({
      args: [...process.argv.slice(2), ...ownFolders(this.config, number)],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'], // what people read of a start is said once, by this process
    });
    const worker = cluster.fork();
    this.#workers.set(number, worker);
    worker.on('error', ignoreFailure); // its end is what matters
    return new Promise((resolve, reject) => {
      worker.on('message', (message: unknown) => {
        const running = runningIn(message);
        if (running === undefined) return;
        this.#running.add(worker);
        resolve(running);
      });
      worker.once('exit', (exitCode: number | null, signal: string | null) => {
        const hasRun = this.#running.delete(worker);
        this.#workers.delete(number);
        if (!hasRun) reject(DomainError.of('process-not-started', { number }));
        else if (!this.#isClosing() && this.#hasStarted) {
          this.log.error(
            { process: number, exitCode, signal },
            'a process has ended: another one replaces it',
          );
          void this.#replace(number);
        }
      });
    });
  }

  /** Never rejects: if no process is left and none can be started, this one ends. */
  async #replace(number: number): Promise<void> {
    const { signal } = this.#closing;
    while (!this.#isClosing()) {
      try {
        await this.#start(number);
        this.log.info({ process: number }, 'a process was replaced');
        return;
      } catch (error) {
        if (this.#isClosing()) return;
        if (this.#running.size === 0) {
          endProcess(error);
          return;
        }
        await delay(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

/** The first process uses the folders of the configuration, so that commands find its files there. */
function ownFolders(config: Config, number: number): readonly string[] {
  if (number === 1) return [];
  const keys = ['dataDir', 'bundleCacheDir'] as const;
  return keys.flatMap((key) => {
    const folder = config[key];
    return folder === null ? [] : [flagName(key), path.join(folder, `process-${number}`)];
  });
}

/** Ends this process with an uncaught exception. */
function endProcess(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}

function ignoreFailure(): void {
  // a process that ends meanwhile cannot be told anything
}
