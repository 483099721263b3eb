import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { UploadThreadOptions } from '../../src/store/files/threaded-upload';

/** What becomes of what an upload asks of its disk. */
export type UploadOrder =
  'go' | 'hold' | 'hold-sync' | 'full' | 'fail' | 'exit' | 'exit-synced' | 'exit-linked';

/** The threads that write uploads, as the source has them, with a disk that does what it is told. */
export class ObeyingUploads {
  readonly #orders: string;

  /** @param folder of the bundles */
  constructor(folder: string) {
    this.#orders = path.join(folder, '../upload-order');
    this.tell('go');
  }

  threads(): UploadThreadOptions {
    const preloaded = ['typescript-hook.js', 'obeying-upload-thread.js'];
    return { execArgv: preloaded.flatMap((file) => ['-r', path.join(__dirname, file)]) };
  }

  tell(order: UploadOrder): void {
    writeFileSync(`${this.#orders}.new`, order);
    renameSync(`${this.#orders}.new`, this.#orders);
  }
}
