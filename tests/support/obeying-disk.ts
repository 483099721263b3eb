import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DiskThreadOptions } from '../../src/store/sqlite/disk-worker';
import { eventually } from './eventually';

/** What becomes of a sync. */
export type DiskOrder = 'go' | 'hold' | 'fail' | 'exit' | 'unclonable' | 'unreadable';

/** The thread that waits for the disk, as the source has it, with a disk that does what it is told. */
export class ObeyingDisk {
  /** What ended it. */
  readonly failures: unknown[] = [];
  readonly #orders: string;
  readonly #log: string;

  /** @param dataDir of the database whose thread it is */
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

  /** How many syncs have begun, the one at the start of the thread included. */
  syncs(): number {
    return readFileSync(this.#log, 'utf8').split('\n').length - 1;
  }

  /** Waits until so many have begun. */
  async begun(count: number): Promise<void> {
    await eventually(() => this.syncs() >= count);
  }
}
