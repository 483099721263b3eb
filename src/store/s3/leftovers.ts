import type { DigestRecords } from './block-digests';
import type { BundleObjects } from './objects';
import type { ObjectUses } from './object-uses';

export interface LeftoverParts {
  readonly objects: Pick<BundleObjects, 'remove'>;
  readonly digests: Pick<DigestRecords, 'remove'>;
  readonly uses: Pick<ObjectUses, 'unlessUsed'>;
  readonly monotonicMs: () => number;
}

/** The store refuses a request whose signature is older, so a removal does not happen later than this, in milliseconds. */
const latestMs = 15 * 60_000;

/**
 * Objects that this server sent or used, and that no bundle names. They are removed, but a store that does not answer leaves two doubts:
 * the object may still be there, or the removal may happen later, after the same bytes were stored again.
 */
export class Leftovers {
  readonly #hashes = new Set<string>();
  /** Until when a removal without an answer may happen. */
  readonly #doubts = new Map<string, number>();

  constructor(private readonly parts: LeftoverParts) {}

  /** Notes an object that this server begins to send, until a bundle names it. */
  note(sha256: string): void {
    this.#hashes.add(sha256);
  }

  /** A bundle names it from now on. */
  isNamed(sha256: string): void {
    this.#hashes.delete(sha256);
  }

  has(sha256: string): boolean {
    return this.#hashes.has(sha256);
  }

  /** Objects that may be in the store and have no bundle. */
  list(): readonly string[] {
    return [...this.#hashes];
  }

  /** Objects that a late removal may still take away, although a bundle may name them now. */
  doubtful(): readonly string[] {
    const nowMs = this.parts.monotonicMs();
    for (const [sha256, untilMs] of this.#doubts) if (untilMs < nowMs) this.#doubts.delete(sha256);
    return [...this.#doubts.keys()];
  }

  /** Notes that a removal by another server may take away an object that a bundle names now. */
  doubt(sha256: string): void {
    this.#doubts.set(sha256, this.parts.monotonicMs() + latestMs);
  }

  /** Removes an object and its digests, unless it is in use. @returns whether it did @throws the store's error */
  async remove(sha256: string): Promise<boolean> {
    const { uses, digests, objects } = this.parts;
    return await uses.unlessUsed(sha256, async () => {
      await digests.remove(sha256);
      try {
        await objects.remove(sha256);
      } catch (error) {
        this.doubt(sha256);
        throw error;
      }
      this.#hashes.delete(sha256);
    });
  }
}
