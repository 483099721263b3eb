import type { Readable } from 'node:stream';
import { SpacedRun } from '../../base/collections/spaced-run';
import type { Bundle } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import { isOpaque } from '../../core/opaque';
import type { BundleStorage } from '../../ports/bundle-storage';
import type { MonotonicClock } from '../../ports/clock';
import type { BlockCache, CacheCounts } from './block-cache';
import type { Catalog } from './catalog';
import type { ReadTrail } from './read-trail';
import { SharedFiles } from './shared-files';

/** An open bundle file. Its bytes stay readable until the lease is released, even if the bundle is deleted. */
export interface BundleLease {
  readonly sizeBytes: number;
  /**
   * Reads from memory; `undefined` when some of the bytes are not there.
   * @param memory as for `read`
   */
  readNow(position: number, length: number, memory?: Buffer): Buffer | undefined;
  /** Like `OpenBytes.read`. */
  read(position: number, length: number, memory?: Buffer): Promise<Buffer>;
  /** Bytes `start` to `end`, both included. Destroying it does not end the lease. */
  createReadStream(start: number, end: number): Readable;
  release(): void;
}

/** How downloads find and read bundles: from memory and disk, without the database. */
export interface ReadBundle {
  /**
   * Also `undefined` for an opaque file while the server does not accept such files, even for devices that have begun to read it.
   */
  find(name: string): Bundle | undefined;
  /**
   * Looks for a bundle that {@link find} does not find: another node may have just stored it. It looks at most once a second, so it
   * may wait that long.
   * @throws DomainError `unavailable`
   */
  lookFor(name: string): Promise<Bundle | undefined>;
  /**
   * A bundle that is already open; `undefined` when it is not.
   * @param trail of the connection that reads
   */
  openNow(bundle: Bundle, trail?: ReadTrail): BundleLease | undefined;
  /**
   * Opens a bundle once for all concurrent readers.
   * @param trail of the connection that reads; one that reads in order finds the next blocks in memory
   * @throws DomainError `not-found` when its bytes are gone or incomplete
   */
  open(bundle: Bundle, trail?: ReadTrail): Promise<BundleLease>;
}

export interface BundleReaderPorts {
  readonly catalog: Pick<Catalog, 'catchUp' | 'find' | 'isShared'>;
  readonly storage: Pick<BundleStorage, 'open'>;
  /** How long unused files stay open for the next reader, in milliseconds. */
  readonly idleMs: number;
  readonly cache: BlockCache;
  /** Whether opaque files are accepted, and so devices may read them. */
  readonly allowOpaque?: boolean;
  readonly monotonicMs: MonotonicClock;
}

const lookEveryMs = 1_000;

/** Reads the bundles of the catalog from the storage. */
export class BundleReader implements ReadBundle {
  readonly #shared: SharedFiles;

  readonly #looks: SpacedRun;

  constructor(private readonly ports: BundleReaderPorts) {
    this.#shared = new SharedFiles(ports.idleMs);
    this.#looks = new SpacedRun(() => ports.catalog.catchUp(), lookEveryMs, ports.monotonicMs);
  }

  find(name: string): Bundle | undefined {
    const { catalog, allowOpaque = false } = this.ports;
    const bundle = catalog.find(name);
    return bundle !== undefined && isOpaque(bundle) && !allowOpaque ? undefined : bundle;
  }

  async lookFor(name: string): Promise<Bundle | undefined> {
    if (!this.ports.catalog.isShared) return undefined;
    await this.#looks.next();
    return this.find(name);
  }

  openNow({ name, sha256 }: Bundle, trail?: ReadTrail): BundleLease | undefined {
    if (this.ports.catalog.find(name)?.sha256 !== sha256) return undefined;
    return this.#shared.leaseNow(sha256, trail);
  }

  async open({ name, sha256 }: Bundle, trail?: ReadTrail): Promise<BundleLease> {
    const { cache, catalog, storage } = this.ports;
    if (catalog.find(name)?.sha256 !== sha256) throw gone(name);
    return this.#shared.lease(sha256, async () => cache.of(await storage.open(sha256)), trail);
  }

  /** The counts of the cache since the start. */
  cacheCounts(): CacheCounts {
    return this.ports.cache.counts();
  }

  /** Closes what is not being read, for the end of the server. */
  close(): Promise<void> {
    return this.#shared.close();
  }
}

function gone(name: string): DomainError {
  return DomainError.of('bundle-bytes-gone', { name });
}
