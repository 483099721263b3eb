import type { Readable } from 'node:stream';
import { parseSha256 } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import type {
  BundleStorage,
  OpenBytes,
  OpenFile,
  RemovedBundle,
  StagedBundle,
  StageOptions,
  StoredBytes,
} from '../../ports/bundle-storage';
import { openBytes } from '../files/bundle-file';
import type { IncomingFile, IncomingFiles } from '../files/incoming-files';
import { digestBlocks, type DigestRecords, digestUnverified } from './block-digests';
import type { BundleCache } from './bundle-cache';
import type { KnownBundles } from './known-bundles';
import { Leftovers } from './leftovers';
import type { BundleObjects } from './objects';
import { ObjectUses } from './object-uses';
import { objectStoreError, S3Error, withStore } from './s3-error';
import { tidyObjects } from './tidy-objects';
import { VerifiedObject } from './verified-object';
import { within } from './within';
import { WrongBytes } from './wrong-bytes';
import { WrongObjects } from './wrong-objects';

export interface S3BundlesOptions {
  readonly objects: BundleObjects;
  readonly cache: BundleCache;
  readonly digests: DigestRecords;
  readonly incoming: IncomingFiles;
  readonly known: KnownBundles;
  /** Called when this or another server was given bytes other than those stored. */
  readonly onWrongBytes: (sha256: string) => void;
  /** How long to wait for a bundle that must be fetched whole before any of it can be verified, in milliseconds. */
  readonly coldWaitMs?: number;
  readonly monotonicMs: () => number;
}

const usualColdWaitMs = 10_000;

/**
 * Bundles in an object store, under their hashes, and read through a cache on this machine's disk. Only verified bytes leave it. What is
 * known of a bundle's size comes from the database, so bundles in the cache are served while the store is away.
 */
export class S3Bundles implements BundleStorage {
  readonly #wrong: WrongObjects;
  readonly #verifying = new Map<string, Promise<void>>();
  readonly #uses: ObjectUses;
  readonly #leftovers: Leftovers;

  constructor(private readonly options: S3BundlesOptions) {
    const { objects, digests, known, monotonicMs, onWrongBytes } = options;
    this.#wrong = new WrongObjects(objects, onWrongBytes);
    this.#uses = new ObjectUses(known);
    this.#leftovers = new Leftovers({ objects, digests, uses: this.#uses, monotonicMs });
  }

  async stage(content: Readable, options: StageOptions): Promise<StagedBundle> {
    const incoming = await this.options.incoming.stage(content, options);
    let sent: Promise<void> | null = null;
    let isSent = false;
    let keptAs: string | undefined;
    let use: Promise<() => void> | null = null;
    const begin = async () => {
      await (use = this.#uses.begin(incoming.written.sha256));
      await this.#send(incoming);
      isSent = true;
    };
    const send = () => (sent ??= withStore(begin));
    return {
      ...incoming.written,
      open: () => incoming.open(),
      send,
      keep: async (name) => {
        if (keptAs !== undefined) throw new Error('this upload was stored before');
        await send();
        await this.#keep(incoming, name);
        (await use)?.(); // from now on the name holds it
        keptAs = name;
      },
      discard: async () => {
        (await use)?.();
        if (keptAs !== undefined) await this.#makeSure(incoming.written.sha256, keptAs);
        else if (isSent) await this.#takeBack(incoming.written.sha256);
        await incoming.discard();
      },
    };
  }

  open(sha256: string): Promise<OpenBytes> {
    return this.#reading(sha256, async (sizeBytes) => {
      const { cache, coldWaitMs = usualColdWaitMs } = this.options;
      return (
        (await cache.openWhole(sha256, sizeBytes)) ??
        (await cache.openArriving(await this.#verified(sha256, sizeBytes, coldWaitMs)))
      );
    });
  }

  openFile(sha256: string): Promise<OpenFile> {
    return this.#reading(sha256, async (sizeBytes) => {
      const { cache } = this.options;
      const found = await cache.openWhole(sha256, sizeBytes);
      if (found !== undefined) return found;
      await cache.fetch(await this.#verified(sha256, sizeBytes, Infinity));
      const fetched = await cache.openWhole(sha256, sizeBytes);
      if (fetched === undefined) throw DomainError.of('bundle-cache-small');
      return fetched;
    });
  }

  stat(sha256: string): Promise<StoredBytes | undefined> {
    return withStore(async () => {
      if (this.#wrong.has(parseSha256(sha256))) return undefined;
      const sizeBytes = await this.options.objects.sizeOf(sha256);
      return sizeBytes === undefined ? undefined : { sha256, sizeBytes };
    });
  }

  list(): Promise<readonly StoredBytes[]> {
    return withStore(() => this.options.objects.list());
  }

  async remove(sha256: string, { name, isShared }: RemovedBundle): Promise<void> {
    const { known, cache } = this.options;
    if (known.hashOf(name) !== parseSha256(sha256) && !known.isShared) return;
    known.remove(name);
    await known.refresh();
    if (isShared || known.namesOf(sha256).length > 0) return;
    await withStore(async () => {
      await cache.forget(sha256);
      await this.#leftovers.remove(sha256);
    });
  }

  /** Removes what a kill or an outage left in the store, with {@link tidyObjects}. @returns how many */
  tidy(deleted: readonly string[], before: Date): Promise<number> {
    const { objects, known } = this.options;
    return withStore(() => tidyObjects({ objects, known, leftovers: this.#leftovers }, deleted, before));
  }

  /**
   * Asks the store once whether it works, and puts back what a late removal took away.
   * @throws DomainError `unavailable`, also while it has wrong bytes of a bundle
   */
  async check(): Promise<void> {
    const { known, objects } = this.options;
    await withStore(async () => {
      await objects.check(0);
      if (this.#leftovers.doubtful().length > 0) await known.refresh();
      for (const sha256 of this.#leftovers.doubtful()) await this.#putBack(sha256);
      await this.#wrong.share();
    });
    const names = this.#wrong.hashes().flatMap((sha256) => known.namesOf(sha256));
    if (names.length > 0) throw DomainError.of('bundle-store-wrong', { names });
  }

  /** A bundle that could not be fetched to its end. */
  noteFailure(sha256: string, error: unknown): void {
    if (error instanceof WrongBytes) this.#wrong.found(sha256);
  }

  async close(): Promise<void> {
    this.options.objects.close();
    await this.options.cache.close();
    await Promise.allSettled(this.#verifying.values());
  }

  /** Once it resolves, the bytes are durable. */
  async #send(incoming: IncomingFile): Promise<void> {
    const { objects, digests, known } = this.options;
    const { sha256, sizeBytes } = incoming.written;
    const isWrong = await this.#wrong.isWrong(sha256);
    const file = await incoming.open();
    try {
      if ((await digests.find(sha256, sizeBytes)) === undefined)
        await digests.save(sha256, await digestBlocks(file));
      if (!isWrong && (await objects.sizeOf(sha256)) === sizeBytes) return;
      if (known.sizeOf(sha256) === undefined) this.#leftovers.note(sha256);
      await objects.put(sha256, file, { onlyIfMissing: !isWrong });
      if (isWrong) await this.#wrong.replaced(sha256);
    } finally {
      await file.close();
    }
  }

  async #keep(incoming: IncomingFile, name: string): Promise<void> {
    const { sha256, sizeBytes } = incoming.written;
    await this.options.cache.adopt(sha256, sizeBytes, (file) => incoming.keep({ file, replaces: true }));
    this.options.known.add(name, { sha256, sizeBytes });
    this.#leftovers.isNamed(sha256);
    await incoming.discard().catch(() => undefined); // the next start removes it
  }

  /** Another server may have removed the object of a deleted bundle before it could know of this one; `check` looks again. */
  async #makeSure(sha256: string, name: string): Promise<void> {
    const { known } = this.options;
    if (!known.isShared || known.hashOf(name) !== sha256) return;
    known.ended(name);
    this.#leftovers.doubt(sha256);
    await this.#putBack(sha256).catch(() => undefined);
  }

  /** Removes the object of a refused upload, if this server sent it; `tidy` removes what cannot be removed now. */
  async #takeBack(sha256: string): Promise<void> {
    if (this.#leftovers.has(sha256)) await this.#leftovers.remove(sha256).catch(() => undefined);
  }

  /** Sends a bundle again from the cache if the store has lost it. */
  async #putBack(sha256: string): Promise<void> {
    const { known, objects, cache } = this.options;
    const sizeBytes = known.sizeOf(sha256);
    if (sizeBytes === undefined || (await objects.sizeOf(sha256)) === sizeBytes) return;
    const file = await cache.openWhole(sha256, sizeBytes);
    try {
      if (file === undefined) this.noteFailure(sha256, new WrongBytes(sha256));
      else await objects.put(sha256, file, { onlyIfMissing: true });
    } finally {
      await file?.close();
    }
  }

  async #reading<Bytes extends OpenBytes>(
    sha256: string,
    open: (sizeBytes: number) => Promise<Bytes>,
  ): Promise<Bytes> {
    const sizeBytes = await this.options.known.findSize(parseSha256(sha256));
    if (sizeBytes === undefined) throw this.#gone(sha256);
    try {
      return this.#watched(sha256, await open(sizeBytes));
    } catch (error) {
      throw this.#readError(sha256, error);
    }
  }

  /** Returns the same bytes, and notes failures of later reads. */
  #watched<Bytes extends OpenBytes>(sha256: string, bytes: Bytes): Bytes {
    const read = async (position: number, length: number, memory?: Buffer) => {
      try {
        return await bytes.read(position, length, memory);
      } catch (error) {
        throw this.#readError(sha256, error);
      }
    };
    return { ...bytes, ...openBytes({ ...bytes, read }) };
  }

  #readError(sha256: string, error: unknown): unknown {
    this.noteFailure(sha256, error);
    if (error instanceof WrongBytes) return this.#gone(sha256, error);
    const isMissing = error instanceof S3Error && (error.isNotFound || error.status === 416);
    return isMissing ? this.#gone(sha256, error) : objectStoreError(error);
  }

  #gone(sha256: string, cause?: unknown): DomainError {
    const name = this.options.known.namesOf(sha256)[0] ?? sha256;
    return DomainError.of('bundle-bytes-gone', { name }, { cause });
  }

  async #verified(sha256: string, sizeBytes: number, waitMs: number): Promise<VerifiedObject> {
    const { digests, objects } = this.options;
    const found = await digests.find(sha256, sizeBytes);
    if (found !== undefined) return new VerifiedObject(sha256, found, objects);
    await within(waitMs, this.#verify(sha256, sizeBytes));
    const made = await digests.find(sha256, sizeBytes);
    if (made === undefined) throw new WrongBytes(sha256);
    return new VerifiedObject(sha256, made, objects);
  }

  /** Reads all of an object to learn the digests of its blocks, once for all callers that need them. */
  #verify(sha256: string, sizeBytes: number): Promise<void> {
    const { digests, objects } = this.options;
    const running = this.#verifying.get(sha256);
    if (running !== undefined) return running;
    const verify = async () => {
      const read = (position: number, length: number) => objects.read(sha256, position, length);
      const made = await digestUnverified(sha256, { sizeBytes, read });
      if (made === undefined) throw new WrongBytes(sha256);
      await digests.save(sha256, made);
    };
    const verifying = verify().finally(() => this.#verifying.delete(sha256));
    this.#verifying.set(sha256, verifying);
    verifying.catch((error: unknown) => this.noteFailure(sha256, error));
    return verifying;
  }
}
