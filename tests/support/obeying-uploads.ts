import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { UploadThreadOptions } from '../../src/store/files/upload-worker';

/** What becomes of what an upload asks of its disk. */
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

/** The threads that write uploads, as the source has them, with a disk that does what it is told. */
export class ObeyingUploads {
  readonly #orders: string;
  readonly #log: string;
  /** Tells the threads where these are. */
  readonly #place: string;

  /** @param folder of the bundles */
  constructor(folder: string) {
    this.#orders = path.join(folder, '../upload-order');
    this.#log = path.join(folder, '../upload-log');
    this.#place = path.join(folder, '../upload-place.js');
    writeFileSync(this.#place, `globalThis.uploadsBeside = ${JSON.stringify(path.dirname(folder))};\n`);
    this.tell('go');
  }

  /** @param idleMs how long an idle one may stay */
  threads(idleMs = 60_000): UploadThreadOptions {
    const preloaded = ['typescript-hook.js', 'obeying-upload-thread.js'].map((file) =>
      path.join(__dirname, file),
    );
    return { execArgv: [this.#place, ...preloaded].flatMap((file) => ['-r', file]), idleMs };
  }

  /** The number of the thread of each upload so far. */
  used(): readonly string[] {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8').trimEnd().split('\n') : [];
  }

  tell(order: UploadOrder): void {
    writeFileSync(`${this.#orders}.new`, order);
    renameSync(`${this.#orders}.new`, this.#orders);
  }
}
