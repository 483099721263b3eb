import { ClosableRun } from '../../base/collections/closable-run';
import type { Bundle, WeakHashes } from '../../core/bundle';
import type { HashBundle } from '../../ports/bundle-inspection';
import type { BundleStorage } from '../../ports/bundle-storage';
import type { Clock } from '../../ports/clock';
import type { Log } from '../../ports/log';
import type { Catalog } from './catalog';
import { mostWanted } from './wanted-bundles';

/** Computes the weak hashes of bundles that were stored without them. */
export interface HashStoredBundles {
  /**
   * Hashes the bundles that are due, one after the other. Only one run at a time.
   * @throws DomainError `storage-full`, `unavailable` when nothing can be saved
   */
  run(): Promise<void>;
  /** Cancels the running work; the next start of the server begins it again. */
  close(): Promise<void>;
}

export interface HashStoredBundlesPorts {
  readonly catalog: Catalog;
  readonly storage: Pick<BundleStorage, 'openFile'>;
  readonly hashBundle: HashBundle;
  readonly log: Log;
  readonly now: Clock;
}

/** How long to wait before reading an unreadable or damaged file again. */
const tryAgainAfterMs = 3_600_000;

/** {@link HashStoredBundles} one after the other: first those that devices may install today, then the newest. */
export class StoredBundleHashes implements HashStoredBundles {
  /** When a bundle could not be hashed, by its SHA-256. */
  readonly #failures = new Map<string, number>();
  readonly #runs = new ClosableRun(() => this.#runOnce());

  constructor(private readonly ports: HashStoredBundlesPorts) {}

  run(): Promise<void> {
    return this.#runs.start();
  }

  close(): Promise<void> {
    return this.#runs.close();
  }

  #rests({ sha256 }: Bundle): boolean {
    const atMs = this.#failures.get(sha256);
    return atMs !== undefined && Math.abs(this.ports.now().getTime() - atMs) < tryAgainAfterMs;
  }

  #next(): Bundle | undefined {
    const { catalog } = this.ports;
    const due = catalog.bundles().filter((bundle) => bundle.weakHashes === null && !this.#rests(bundle));
    return mostWanted(due, new Set(catalog.releases().map(({ bundle }) => bundle.name)));
  }

  async #hashOne(bundle: Bundle): Promise<void> {
    const { name, sha256 } = bundle;
    let weakHashes: WeakHashes;
    try {
      weakHashes = await this.#read(bundle);
    } catch (error) {
      if (this.#runs.isClosed()) return;
      this.#failures.set(sha256, this.ports.now().getTime());
      this.ports.log.error({ err: error, bundle: name }, 'a bundle could not be hashed');
      return;
    }
    await this.#keep(bundle, weakHashes);
  }

  async #read({ sha256 }: Bundle): Promise<WeakHashes> {
    const file = await this.ports.storage.openFile(sha256);
    try {
      const found = await this.ports.hashBundle(file, this.#runs.signal);
      if (found.sha256 !== sha256) throw new Error(`its SHA-256 is ${found.sha256} instead of ${sha256}`);
      return found.weakHashes;
    } finally {
      await file.close();
    }
  }

  async #keep({ name, sha256 }: Bundle, weakHashes: WeakHashes): Promise<void> {
    const { catalog } = this.ports;
    await catalog.exclusively(async () => {
      const stored = catalog.find(name);
      if (stored?.sha256 === sha256) await catalog.commit({ bundle: { ...stored, weakHashes } });
    });
  }

  async #runOnce(): Promise<void> {
    for (let next = this.#next(); next !== undefined && !this.#runs.isClosed(); next = this.#next())
      await this.#hashOne(next);
  }
}
