import { SharedRun } from '../../base/collections/shared-run';
import type { StoredBytes } from '../../ports/bundle-storage';
import type { SharedBundles } from '../bundles-elsewhere';
import { type NamedBytes, NamedBytesIndex } from '../files/named-bytes';

/**
 * The bundles that have bytes in the object store, in memory, so that they are served without the database. If other servers change
 * them, it is read again when something is missing from it or is to be removed.
 */
export class KnownBundles {
  readonly #index: NamedBytesIndex;
  /** Stored by this server in uploads that have not ended; the database may not have their rows yet. */
  readonly #added = new Map<string, NamedBytes>();
  readonly #reading = new SharedRun(() => this.#read());

  /** @param shared absent if no other server uses the database */
  constructor(
    known: readonly NamedBytes[],
    private readonly shared?: SharedBundles,
  ) {
    this.#index = new NamedBytesIndex(known);
  }

  get isShared(): boolean {
    return this.shared !== undefined;
  }

  add(name: string, { sha256, sizeBytes }: StoredBytes): void {
    this.#index.add(name, { sha256, sizeBytes });
    if (this.isShared) this.#added.set(name, { name, sha256, sizeBytes });
  }

  /** The upload has ended: from now on the database decides. */
  ended(name: string): void {
    this.#added.delete(name);
  }

  remove(name: string): void {
    this.#index.remove(name);
    this.#added.delete(name);
  }

  hashOf(name: string): string | undefined {
    return this.#index.hashOf(name);
  }

  namesOf(sha256: string): readonly string[] {
    return this.#index.namesOf(sha256);
  }

  /** The size that memory knows. */
  sizeOf(sha256: string): number | undefined {
    return this.#index.sizeOf(sha256);
  }

  /** The size that memory or the database knows. @throws DomainError `unavailable` */
  async findSize(sha256: string): Promise<number | undefined> {
    if (this.sizeOf(sha256) === undefined) await this.refresh();
    return this.sizeOf(sha256);
  }

  hashes(): readonly string[] {
    return this.#index.hashes();
  }

  /** Learns of what other servers have added and deleted. @throws DomainError `unavailable` */
  async refresh(): Promise<void> {
    if (!this.isShared) return;
    await this.#reading.ended(); // it may have begun too early
    await this.#reading.start();
  }

  /** Removes bytes unless a bundle of any server has them. @returns whether it did @throws what the removal throws */
  async unlessNamed(sha256: string, remove: () => Promise<void>): Promise<boolean> {
    if (this.shared !== undefined) return await this.shared.unlessNamed(sha256, remove);
    await remove();
    return true;
  }

  async #read(): Promise<void> {
    const found = (await this.shared?.list()) ?? [];
    this.#index.replace([...found, ...this.#added.values()]);
  }
}
