import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { RecentMap } from '../../base/collections/recent-map';
import { readExactly } from '../../base/files/read-exactly';
import { blockBytes, runBytes } from './block-digests';
import { S3Error } from './s3-error';
import type { VerifiedObject } from './verified-object';
import { WrongBytes } from './wrong-bytes';

export interface ArrivalOptions {
  readonly object: VerifiedObject;
  /** The file for its blocks; `null` if there is no room on the disk. */
  readonly file: string | null;
  /** Blocks that the disk has no room for, by {@link recentKey}. */
  readonly recent: RecentMap<string, Buffer>;
  /** Called once all blocks are on the disk. A failure does no harm: the blocks stay readable. */
  readonly onWhole: () => Promise<void>;
}

/** Blocks that follow each other; `undefined` for those that arrived wrong. */
type Blocks = readonly (Buffer | undefined)[];

/** A block that is on its way. */
interface PendingBlock {
  /** Resolves when it may be read. */
  readonly readable: Promise<Buffer>;
  /** Resolves when it is on the disk, or has been refused by it. */
  readonly kept: Promise<Blocks>;
}

/**
 * How many blocks may be read before they are on the disk. When more are waiting for it, readers wait as well, so that a
 * disk that is slower than the store does not fill the memory.
 */
const maxUnsaved = 16;
/** How many failures in a row end the filling. Each request has been retried for a while before it counts as failed. */
const maxFailures = 5;
const pauseMs = 1_000;

/**
 * A bundle on its way from the object store: each block is fetched once for all readers that wait for it, verified, and kept on the
 * disk. A reader gets it once it is verified, and does not wait for the disk. The remaining blocks are fetched without being asked for,
 * beginning after the latest one that was requested.
 */
export class Arrival {
  /** How many have it open. */
  readers = 0;
  readonly #present: Uint8Array;
  readonly #pending = new Map<number, PendingBlock>();
  readonly #object: VerifiedObject;
  #handle: FileHandle | null = null;
  #missing: number;
  #next = 0;
  #isClosed = false;
  #isDiskFull = false;
  #filling: Promise<void> | null = null;

  private constructor(private readonly options: ArrivalOptions) {
    this.#object = options.object;
    this.#missing = this.#object.digests.count;
    this.#present = new Uint8Array(this.#missing);
  }

  static async begin(options: ArrivalOptions): Promise<Arrival> {
    const arrival = new Arrival(options);
    if (options.file !== null) arrival.#handle = await open(options.file, 'w+', 0o600);
    return arrival;
  }

  get sizeBytes(): number {
    return this.#object.digests.sizeBytes;
  }

  /** Whether all of it is on the disk. */
  get isWhole(): boolean {
    return this.#missing === 0;
  }

  /** Reads exactly `length` bytes. @throws WrongBytes, or the error of the store or the disk */
  async read(position: number, length: number): Promise<Buffer> {
    if (position + length > this.sizeBytes) throw new Error(`the bundle ended before ${position + length}`);
    const target = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length;) {
      const index = Math.floor((position + filled) / blockBytes);
      const from = position + filled - index * blockBytes;
      const part = Math.min(this.#object.digests.lengthOf(index) - from, length - filled);
      (await this.#part(index, from, part)).copy(target, filled);
      filled += part;
    }
    return target;
  }

  /** Fetches everything that is missing, or as much as the disk has room for. @throws what a read throws */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = null;
    });
    return this.#filling;
  }

  /** Whether it has ended and can no longer be read. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when nothing more is on its way, and a completed arrival has reported it. */
  async settled(): Promise<void> {
    await this.#filling?.catch(() => undefined);
    await this.#allKept();
  }

  /** Ends it. Reads that are still running fail. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.settled();
    const handle = this.#handle;
    this.#handle = null;
    await handle?.close();
  }

  get #takesMore(): boolean {
    return this.#handle !== null && !this.#isDiskFull && !this.#isClosed;
  }

  async #fill(): Promise<void> {
    for (let failures = 0; !this.isWhole && this.#takesMore;) {
      const [first, count] = this.#missingRun();
      if (count === 0) {
        await this.#allKept();
        continue;
      }
      try {
        const blocks = await this.#fetch(first, count);
        failures = 0;
        if (blocks.includes(undefined)) throw new WrongBytes(this.#object.sha256);
      } catch (error) {
        failures += 1;
        if (failures === maxFailures || !(error instanceof S3Error && error.isPassing)) throw error;
        await delay(pauseMs);
      }
    }
  }

  /**
   * Some missing blocks that are not being fetched: first those after the latest one that was read, then from the
   * start.
   */
  #missingRun(): readonly [number, number] {
    const { count } = this.#object.digests;
    const isFree = (index: number) => this.#present[index] === 0 && !this.#pending.has(index);
    for (let step = 0; step < count; step += 1) {
      const first = (this.#next + step) % count;
      if (!isFree(first)) continue;
      let length = 1;
      while (length < runBytes / blockBytes && first + length < count && isFree(first + length)) length += 1;
      return [first, length];
    }
    return [0, 0];
  }

  async #part(index: number, from: number, length: number): Promise<Buffer> {
    const handle = this.#handle;
    if (this.#present[index] === 1 && handle !== null)
      return await readExactly(handle, index * blockBytes + from, length);
    const { sha256 } = this.#object;
    const block =
      this.options.recent.get(recentKey(sha256, index)) ??
      (await (this.#pending.get(index)?.readable ?? this.#fetchOne(index)));
    return block.subarray(from, from + length);
  }

  async #fetchOne(index: number): Promise<Buffer> {
    this.#next = index + 1;
    const kept = this.#fetch(index, 1);
    return (await this.#pending.get(index)?.readable) ?? this.#right(await kept, 0);
  }

  /** Fetches blocks, and resolves when they are kept; meanwhile others that ask for one of them find it among the pending ones. */
  #fetch(first: number, count: number): Promise<Blocks> {
    if (this.#isClosed) return Promise.reject(new Error('the bundle is closed'));
    const fetched = this.#object.fetch(first, count);
    const kept = fetched.then(async (blocks) => {
      await this.#keep(first, blocks);
      return blocks;
    });
    const blocks = this.#pending.size < maxUnsaved ? fetched : kept;
    for (let index = first; index < first + count; index += 1) {
      const readable = blocks.then((arrived) => this.#right(arrived, index - first));
      readable.catch(() => undefined); // who waits for it is told
      this.#pending.set(index, { readable, kept });
    }
    const done = () => {
      for (let index = first; index < first + count; index += 1) this.#pending.delete(index);
    };
    kept.then(done, done);
    return kept;
  }

  async #allKept(): Promise<void> {
    await Promise.allSettled([...this.#pending.values()].map(({ kept }) => kept));
  }

  async #keep(first: number, blocks: Blocks): Promise<void> {
    for (const [at, block] of blocks.entries()) {
      const index = first + at;
      if (block === undefined || this.#present[index] === 1) continue;
      if (await this.#write(index, block)) {
        this.#present[index] = 1;
        this.#missing -= 1;
      } else this.options.recent.set(recentKey(this.#object.sha256, index), block);
    }
    if (this.isWhole) await this.#finish();
  }

  /** @returns false if the disk takes no more: then blocks stay in memory for a while, and what was written stays readable */
  async #write(index: number, block: Buffer): Promise<boolean> {
    if (this.#handle === null || this.#isDiskFull) return false;
    try {
      for (let from = 0; from < block.length;) {
        const at = index * blockBytes + from;
        from += (await this.#handle.write(block, from, block.length - from, at)).bytesWritten;
      }
      return true;
    } catch {
      this.#isDiskFull = true;
      return false;
    }
  }

  /** @throws WrongBytes if that block is wrong */
  #right(blocks: Blocks, at: number): Buffer {
    const block = blocks[at];
    if (block === undefined) throw new WrongBytes(this.#object.sha256);
    return block;
  }

  async #finish(): Promise<void> {
    try {
      await this.#handle?.sync();
      await this.options.onWhole();
    } catch {
      this.#isDiskFull = true; // it stays an arrival, and is fetched again another time
    }
  }
}

function recentKey(sha256: string, index: number): string {
  return `${sha256}/${index}`;
}
