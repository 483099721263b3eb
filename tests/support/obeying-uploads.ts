import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { UploadThreadOptions } from '../../src/store/files/upload-worker';

/** What happens to an upload's disk calls. */
export type UploadOrder =
  | 'go'
  | 'hold'
  | 'hold-sync'
  | 'full'
  | 'fail'
  | 'stuck'
  | 'exit'
  | 'exit-synced'
  | 'exit-linked'
  | 'exit-hashing'
  | 'unreadable'
  | 'unread';

/** The threads that write uploads, run from source, with a disk that tests control. */
export class ObeyingUploads {
  readonly #orders: string;
  readonly #log: string;
  /** Tells the threads where orders and log are. */
  readonly #place: string;

  /** @param folder of the bundles */
  constructor(folder: string) {
    this.#orders = path.join(folder, '../upload-order');
    this.#log = path.join(folder, '../upload-log');
    this.#place = path.join(folder, '../upload-place.js');
    writeFileSync(this.#place, `globalThis.uploadsBeside = ${JSON.stringify(path.dirname(folder))};\n`);
    this.tell('go');
  }

  /** @param idleMs how long a thread may stay idle */
  threads(idleMs = 60_000): UploadThreadOptions {
    const preloaded = ['typescript-hook.js', 'obeying-upload-thread.js'].map((file) =>
      path.join(__dirname, file),
    );
    return { execArgv: [this.#place, ...preloaded].flatMap((file) => ['-r', file]), idleMs };
  }

  /** The thread number of each upload so far. */
  used(): readonly string[] {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8').trimEnd().split('\n') : [];
  }

  tell(order: UploadOrder): void {
    writeFileSync(`${this.#orders}.new`, order);
    renameSync(`${this.#orders}.new`, this.#orders);
  }
}
