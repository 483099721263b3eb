import { blockBytes, type BlockDigests } from './block-digests';
import type { BundleObjects } from './objects';

/** Reads blocks of one object, and returns only those that are right. */
export class VerifiedObject {
  constructor(
    readonly sha256: string,
    readonly digests: BlockDigests,
    private readonly objects: Pick<BundleObjects, 'read'>,
  ) {}

  /**
   * Fetches consecutive blocks. Wrong blocks are fetched once more, because the network may be the cause.
   * @returns the blocks; `undefined` for those that are wrong
   * @throws the store's error
   */
  async fetch(first: number, count: number): Promise<readonly (Buffer | undefined)[]> {
    const blocks = await this.#fetchOnce(first, count);
    if (!blocks.includes(undefined)) return blocks;
    const again = await this.#fetchOnce(first, count);
    return blocks.map((block, index) => block ?? again[index]);
  }

  async #fetchOnce(first: number, count: number): Promise<readonly (Buffer | undefined)[]> {
    const lengths = Array.from({ length: count }, (_, index) => this.digests.lengthOf(first + index));
    const sum = lengths.reduce((total, length) => total + length, 0);
    const run = await this.objects.read(this.sha256, first * blockBytes, sum);
    return await Promise.all(
      lengths.map(async (length, index) => {
        const block = run.subarray(index * blockBytes, index * blockBytes + length);
        return (await this.digests.matches(first + index, block)) ? block : undefined;
      }),
    );
  }
}
