import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DiskThreadOptions } from '../../src/store/sqlite/disk-worker';
import { eventually } from './eventually';

/** What happens to a sync. */
export type DiskOrder = 'go' | 'hold' | 'fail' | 'exit' | 'unclonable' | 'unreadable';

/** The thread that waits for the disk, run from source, with a disk that tests control. */
export class ObeyingDisk {
  /** The errors that ended it. */
  readonly failures: unknown[] = [];
  readonly #orders: string;
  readonly #log: string;

  /** @param dataDir folder of the database */
  constructor(dataDir: string) {
    this.#orders = path.join(dataDir, '../disk-order');
    this.#log = path.join(dataDir, '../disk-log');
    writeFileSync(this.#log, '');
    this.tell('go');
  }

  thread(): DiskThreadOptions {
    const preloaded = ['typescript-hook.js', 'obeying-disk-thread.js'];
    return {
      execArgv: preloaded.flatMap((file) => ['-r', path.join(__dirname, file)]),
      onFailure: (failure) => this.failures.push(failure),
    };
  }

  tell(order: DiskOrder): void {
    writeFileSync(`${this.#orders}.new`, order);
    renameSync(`${this.#orders}.new`, this.#orders);
  }

  /** How many syncs have begun, including the one when the thread starts. */
  syncs(): number {
    return readFileSync(this.#log, 'utf8').split('\n').length - 1;
  }

  /** Waits until this many have begun. */
  async begun(count: number): Promise<void> {
    await eventually(() => this.syncs() >= count);
  }
}
