import { createHash } from 'node:crypto';
import type { BundleObjects } from '../../src/store/s3/objects';
import { S3Error } from '../../src/store/s3/s3-error';

/** An object store in memory that can be away, slow, and wrong. */
export class MemoryObjects implements BundleObjects {
  readonly stored = new Map<string, Buffer>();
  readonly marked = new Set<string>();
  /** What was read, in order. */
  readonly reads: { readonly sha256: string; readonly position: number; readonly length: number }[] = [];
  isAway = false;
  /** Reads wait for it. */
  gate: Promise<void> = Promise.resolve();
  /** Longer reads, in bytes, wait for the other gate. */
  #mostBytes = Infinity;
  #longGate: Promise<void> = Promise.resolve();

  /** Stores bytes as another server does. @returns their hash */
  add(content: Buffer): string {
    const sha256 = createHash('sha256').update(content).digest('hex');
    this.stored.set(sha256, Buffer.from(content));
    return sha256;
  }

  /** Changes one byte of an object. */
  spoil(sha256: string, position: number): void {
    const content = this.stored.get(sha256);
    if (content !== undefined) content[position] = (content[position] ?? 0) ^ 1;
  }

  /** Reads of more bytes than this wait. @returns lets them go on */
  holdLongReads(mostBytes: number): () => void {
    let release: () => void = () => undefined;
    this.#mostBytes = mostBytes;
    this.#longGate = new Promise((resolve) => (release = resolve));
    return release;
  }

  sizeOf(sha256: string): Promise<number | undefined> {
    return this.#answer(() => this.stored.get(sha256)?.length);
  }

  list() {
    return this.#answer(() =>
      [...this.stored]
        .map(([sha256, { length }]) => ({ sha256, sizeBytes: length }))
        .sort((one, other) => (one.sha256 < other.sha256 ? -1 : 1)),
    );
  }

  async put(sha256: string, bytes: Parameters<BundleObjects['put']>[1]): Promise<void> {
    const content = await bytes.read(0, bytes.sizeBytes);
    await this.#answer(() => this.stored.set(sha256, Buffer.from(content)));
  }

  async read(sha256: string, position: number, length: number): Promise<Buffer> {
    this.reads.push({ sha256, position, length });
    await this.gate;
    if (length > this.#mostBytes) await this.#longGate;
    return await this.#answer(() => {
      const content = this.stored.get(sha256);
      if (content === undefined) throw new S3Error(404, 'NoSuchKey');
      return Buffer.from(content.subarray(position, position + length));
    });
  }

  check(): Promise<void> {
    return this.#answer(() => undefined);
  }

  remove(sha256: string): Promise<void> {
    return this.#answer(() => void this.stored.delete(sha256));
  }

  listMarked(): Promise<readonly string[]> {
    return this.#answer(() => [...this.marked]);
  }

  isMarked(sha256: string): Promise<boolean> {
    return this.#answer(() => this.marked.has(sha256));
  }

  mark(sha256: string): Promise<void> {
    return this.#answer(() => void this.marked.add(sha256));
  }

  unmark(sha256: string): Promise<void> {
    return this.#answer(() => void this.marked.delete(sha256));
  }

  abortUploads(): Promise<number> {
    return this.#answer(() => 0);
  }

  close(): void {
    this.isAway = true;
  }

  async #answer<Result>(give: () => Result): Promise<Result> {
    await Promise.resolve();
    if (this.isAway) throw new S3Error(0, 'ECONNREFUSED');
    return give();
  }
}
