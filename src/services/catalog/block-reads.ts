/** How many blocks are read at once. Further readers bypass the cache and read their own bytes. */
const maxReads = 32;
const maxReadsAhead = 8;

/** Counts the blocks that are being read from files. */
export class BlockReads {
  #underWay = 0;
  #ahead = 0;

  /** Whether another block may be read for a waiting reader. */
  get hasRoom(): boolean {
    return this.#underWay < maxReads;
  }

  /** Whether a block may be read ahead. Some room is reserved for reads that someone waits for. */
  get hasRoomAhead(): boolean {
    return this.#ahead < maxReadsAhead && this.#underWay < maxReads / 2;
  }

  /** How many blocks are being read ahead. */
  get ahead(): number {
    return this.#ahead;
  }

  async count(read: () => Promise<void>, isAhead: boolean): Promise<void> {
    this.#underWay += 1;
    if (isAhead) this.#ahead += 1;
    try {
      await read();
    } finally {
      this.#underWay -= 1;
      if (isAhead) this.#ahead -= 1;
    }
  }
}
