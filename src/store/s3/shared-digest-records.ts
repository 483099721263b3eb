import type { SharedDigests } from '../bundles-elsewhere';
import { BlockDigests, blocksOf, digestBytes, type DigestRecords } from './block-digests';

/**
 * Digests of this server that others read, too: one of them has verified the bundle, and the rest serve it without reading all of it first.
 * While the database is away each has its own.
 */
export class SharedDigestRecords implements DigestRecords {
  /** Hashes of the bundles whose digests the database has. */
  readonly #shared = new Set<string>();

  /** @param own those on this machine */
  constructor(
    private readonly own: DigestRecords,
    private readonly shared: SharedDigests,
  ) {}

  async find(sha256: string, sizeBytes: number): Promise<BlockDigests | undefined> {
    const own = await this.own.find(sha256, sizeBytes);
    if (own !== undefined) {
      void this.#share(sha256, own); // an earlier version, or a move, kept them here alone
      return own;
    }
    const bytes = await this.shared.find(sha256).catch(() => undefined);
    if (bytes?.length !== blocksOf(sizeBytes) * digestBytes) return undefined;
    this.#shared.add(sha256);
    const found = new BlockDigests(sizeBytes, bytes);
    await this.own.save(sha256, found);
    return found;
  }

  async save(sha256: string, digests: BlockDigests): Promise<void> {
    await this.own.save(sha256, digests);
    await this.#share(sha256, digests);
  }

  /** The database keeps them for a while, because other servers may need them. */
  async remove(sha256: string): Promise<void> {
    this.#shared.delete(sha256);
    await this.own.remove(sha256);
  }

  async #share(sha256: string, { bytes }: BlockDigests): Promise<void> {
    if (this.#shared.has(sha256)) return;
    this.#shared.add(sha256);
    await this.shared.save(sha256, bytes).catch(() => this.#shared.delete(sha256)); // tried again the next time
  }
}
