import type { KnownBundles } from './known-bundles';
import { Removals } from './removals';

/**
 * Tracks who relies on an object: bundles that name it, and uploads that were sent and wait for their row. Removing and sending the
 * same bytes never overlap, so no upload relies on an object that is being removed.
 */
export class ObjectUses {
  readonly #uses = new Map<string, number>();
  readonly #removals = new Removals();

  constructor(private readonly known: Pick<KnownBundles, 'sizeOf' | 'unlessNamed'>) {}

  /**
   * Waits until no removal of the object is running; from then on, none begins.
   * @returns a function that ends the use
   */
  async begin(sha256: string): Promise<() => void> {
    this.#change(sha256, 1);
    await this.#removals.settled(sha256);
    let isOver = false;
    return () => {
      if (!isOver) this.#change(sha256, -1);
      isOver = true;
    };
  }

  /** Removes an object unless it is in use when its turn comes. @returns whether it did */
  async unlessUsed(sha256: string, remove: () => Promise<void>): Promise<boolean> {
    let isRemoved = false;
    await this.#removals.run(sha256, async () => {
      if (this.#isUsed(sha256)) return;
      isRemoved = await this.known.unlessNamed(sha256, remove);
    });
    return isRemoved;
  }

  #isUsed(sha256: string): boolean {
    return this.#uses.has(sha256) || this.known.sizeOf(sha256) !== undefined;
  }

  #change(sha256: string, by: number): void {
    const count = (this.#uses.get(sha256) ?? 0) + by;
    if (count === 0) this.#uses.delete(sha256);
    else this.#uses.set(sha256, count);
  }
}
