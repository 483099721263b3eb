import type { Readable } from 'node:stream';
import type { CachedBytes } from './cached-bytes';
import type { ReadTrail } from './read-trail';

/** The use of a shared file, until it is released. */
export interface FileLease extends Omit<CachedBytes, 'close' | 'readAhead'> {
  release(): void;
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

  /** The use of a file that is already open; `undefined` when it is not. */
  leaseNow(key: string, trail?: ReadTrail): FileLease | undefined {
    const shared = this.#byKey.get(key);
    if (shared?.opened === undefined) return undefined;
    shared.leases += 1;
    return new Lease(shared, shared.opened, this, trail);
  }

  /** @param trail of the reader; reading in order triggers reading ahead */
  async lease(key: string, open: () => Promise<CachedBytes>, trail?: ReadTrail): Promise<FileLease> {
    const shared = this.#byKey.get(key) ?? new Shared(key, open());
    this.#byKey.set(key, shared);
    shared.leases += 1;
    try {
      return new Lease(shared, await shared.open(), this, trail);
    } catch (error) {
      this.shareNoMore(shared);
      throw error;
    }
  }

  /** Closes unused files; others close with their last lease, after the idle time. */
  async close(): Promise<void> {
    const idle = [...this.#byKey.values()].filter(({ leases }) => leases === 0);
    await Promise.allSettled(idle.map((shared) => this.#discard(shared)));
  }

  release(shared: Shared): void {
    shared.leases -= 1;
    if (shared.leases > 0) return;
    if (this.#byKey.get(shared.key) === shared) this.#rest(shared);
    else void this.#discard(shared).catch(() => undefined);
  }

  shareNoMore(shared: Shared): void {
    if (this.#byKey.get(shared.key) === shared) this.#byKey.delete(shared.key);
  }

  /** Called when the file is not being read. One timer runs for all of its pauses, because most of them are short. */
  #rest(shared: Shared): void {
    shared.restsSinceMs = performance.now();
    if (shared.timer === undefined) this.#lookAgain(shared, this.idleMs);
    if (this.#byKey.size <= maxIdleFiles) return;
    const idle = [...this.#byKey.values()]
      .filter(({ leases }) => leases === 0)
      .sort((one, other) => one.restsSinceMs - other.restsSinceMs);
    for (const oldest of idle.slice(0, Math.max(0, idle.length - maxIdleFiles))) {
      void this.#discard(oldest).catch(() => undefined);
    }
  }

  #lookAgain(shared: Shared, inMs: number): void {
    shared.timer = setTimeout(() => {
      shared.timer = undefined;
      if (shared.leases > 0) return;
      const leftMs = shared.restsSinceMs + this.idleMs - performance.now();
      if (leftMs > 0) this.#lookAgain(shared, Math.ceil(leftMs));
      else void this.#discard(shared).catch(() => undefined);
    }, inMs).unref();
  }

  async #discard(shared: Shared): Promise<void> {
    clearTimeout(shared.timer);
    this.shareNoMore(shared);
    await (await shared.open()).close();
  }
}

/** A file that is open or being opened. */
class Shared {
  leases = 0;
  opened: CachedBytes | undefined;
  /** By the monotonic clock. */
  restsSinceMs = 0;
  timer: NodeJS.Timeout | undefined;

  constructor(
    readonly key: string,
    private readonly opening: Promise<CachedBytes>,
  ) {}

  async open(): Promise<CachedBytes> {
    return (this.opened ??= await this.opening);
  }
}

class Lease implements FileLease {
  #isReleased = false;

  constructor(
    private readonly shared: Shared,
    private readonly file: CachedBytes,
    private readonly files: Pick<SharedFiles, 'release' | 'shareNoMore'>,
    private readonly trail: ReadTrail | undefined,
  ) {}

  get sizeBytes(): number {
    return this.file.sizeBytes;
  }

  readNow(position: number, length: number, memory?: Buffer): Buffer | undefined {
    const bytes = this.file.readNow(position, length, memory);
    if (bytes !== undefined) this.#follow(position, length);
    return bytes;
  }

  async read(position: number, length: number, memory?: Buffer): Promise<Buffer> {
    try {
      const reading = this.file.read(position, length, memory);
      this.#follow(position, length);
      return await reading;
    } catch (error) {
      this.files.shareNoMore(this.shared);
      throw error;
    }
  }

  createReadStream(start: number, end: number): Readable {
    return this.file.createReadStream(start, end).once('error', () => this.files.shareNoMore(this.shared));
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.files.release(this.shared);
  }

  #follow(position: number, length: number): void {
    if (this.trail?.follow(this.shared.key, position, length) === true)
      this.file.readAhead(position + length);
  }
}
