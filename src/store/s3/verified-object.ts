import { blockBytes, type BlockDigests } from './block-digests';
import type { BundleObjects } from './objects';
import { WrongBytes } from './wrong-bytes';

/** Reads blocks of one object that are right, and no others. */
export class VerifiedObject {
  constructor(
    readonly sha256: string,
    readonly digests: BlockDigests,
    private readonly objects: Pick<BundleObjects, 'read'>,
  ) {}

  /**
   * Fetches blocks that follow each other. What arrives wrong is fetched once more, because a network may do that, too.
   * @throws WrongBytes, or what the store fails with
   */
  async fetch(first: number, count: number): Promise<readonly Buffer[]> {
    try {
      return await this.#fetchOnce(first, count);
    } catch (error) {
      if (!(error instanceof WrongBytes)) throw error;
      return await this.#fetchOnce(first, count);
    }
  }

  async #fetchOnce(first: number, count: number): Promise<readonly Buffer[]> {
    const lengths = Array.from({ length: count }, (_, index) => this.digests.lengthOf(first + index));
    const length = lengths.reduce((sum, one) => sum + one, 0);
    const run = await this.objects.read(this.sha256, first * blockBytes, length);
    const blocks: Buffer[] = [];
    for (let index = 0, at = 0; index < count; at += lengths[index] ?? 0, index += 1) {
      const block = run.subarray(at, at + (lengths[index] ?? 0));
      if (!(await this.digests.matches(first + index, block))) throw new WrongBytes(this.sha256);
      blocks.push(block);
    }
    return blocks;
  }
}
