import { Removals } from './removals';

/**
 * Who relies on an object that no bundle names yet: an upload that was sent and waits for its row. Removing and sending the same bytes never
 * overlap, so that the upload does not take an object for its own that is just being removed.
 */
export class ObjectUses {
  readonly #uses = new Map<string, number>();
  readonly #removals = new Removals();

  /** Waits until the object is not being removed; from then on it is not. @returns ends the use */
  async begin(sha256: string): Promise<() => void> {
    this.#change(sha256, 1);
    await this.#removals.settled(sha256);
    let isOver = false;
    return () => {
      if (!isOver) this.#change(sha256, -1);
      isOver = true;
    };
  }

  /** Removes an object unless it is in use. @returns whether it did */
  async unlessUsed(sha256: string, remove: () => Promise<void>): Promise<boolean> {
    if (this.#uses.has(sha256)) return false;
    await this.#removals.run(sha256, remove);
    return true;
  }

  #change(sha256: string, by: number): void {
    const count = (this.#uses.get(sha256) ?? 0) + by;
    if (count === 0) this.#uses.delete(sha256);
    else this.#uses.set(sha256, count);
  }
}
