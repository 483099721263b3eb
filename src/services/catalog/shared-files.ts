import type { Readable } from 'node:stream';
import type { OpenBytes } from '../../ports/bundle-storage';

/** The use of a shared file, until it is released. */
export interface FileLease {
  read(position: number, length: number): Promise<Buffer>;
  createReadStream(start: number, end: number): Readable;
  release(): void;
}

interface Shared {
  readonly file: Promise<OpenBytes>;
  leases: number;
  idle: NodeJS.Timeout | undefined;
}

/** How many unused files stay open; the oldest is closed first. */
const maxIdleFiles = 32;

/**
 * Opens each file once for all concurrent readers, and keeps it open a little longer: a device asks for thousands of ranges, one
 * after another. An unreadable file is reopened for the next reader, because it may have been replaced.
 */
export class SharedFiles {
  readonly #byKey = new Map<string, Shared>();

  /** @param idleMs how long an unused file stays open */
  constructor(private readonly idleMs: number) {}

  async lease(key: string, open: () => Promise<OpenBytes>): Promise<FileLease> {
    const shared = this.#byKey.get(key) ?? { file: open(), leases: 0, idle: undefined };
    this.#byKey.delete(key); // put at the end: the map is in the order of last use
    this.#byKey.set(key, shared);
    clearTimeout(shared.idle);
    shared.leases += 1;
    try {
      return this.#leaseOf(key, shared, await shared.file);
    } catch (error) {
      this.#shareNoMore(key, shared);
      throw error;
    }
  }

  /** Closes unused files; others close with their last lease, after the idle time. */
  async close(): Promise<void> {
    const idle = [...this.#byKey].filter(([, shared]) => shared.leases === 0);
    await Promise.allSettled(idle.map(([key, shared]) => this.#discard(key, shared)));
  }

  #leaseOf(key: string, shared: Shared, file: OpenBytes): FileLease {
    const shareNoMore = () => this.#shareNoMore(key, shared);
    let isReleased = false;
    return {
      async read(position, length) {
        try {
          return await file.read(position, length);
        } catch (error) {
          shareNoMore();
          throw error;
        }
      },
      createReadStream: (start, end) => file.createReadStream(start, end).once('error', shareNoMore),
      release: () => {
        if (isReleased) return;
        isReleased = true;
        shared.leases -= 1;
        if (shared.leases > 0) return;
        if (this.#byKey.get(key) === shared) this.#rest(key, shared);
        else void this.#discard(key, shared).catch(() => undefined);
      },
    };
  }

  /** It is not being read at the moment. */
  #rest(key: string, shared: Shared): void {
    shared.idle = setTimeout(
      () => void this.#discard(key, shared).catch(() => undefined),
      this.idleMs,
    ).unref();
    const idle = [...this.#byKey].filter(([, other]) => other.leases === 0);
    for (const [oldest, other] of idle.slice(0, Math.max(0, idle.length - maxIdleFiles))) {
      void this.#discard(oldest, other).catch(() => undefined);
    }
  }

  #shareNoMore(key: string, shared: Shared): void {
    if (this.#byKey.get(key) === shared) this.#byKey.delete(key);
  }

  #discard(key: string, shared: Shared): Promise<void> {
    clearTimeout(shared.idle);
    this.#shareNoMore(key, shared);
    return shared.file.then((file) => file.close());
  }
}
