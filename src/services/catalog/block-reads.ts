/** So many blocks are read at once; who comes then reads its own bytes, past the cache. */
const maxReads = 32;
const maxReadsAhead = 8;

/** The blocks that are being read from files, counted. */
export class BlockReads {
  #underWay = 0;
  #ahead = 0;

  /** Whether another block may be read for someone who waits. */
  get hasRoom(): boolean {
    return this.#underWay < maxReads;
  }

  /** Whether one may be read ahead. Reads that someone waits for keep room. */
  get hasRoomAhead(): boolean {
    return this.#ahead < maxReadsAhead && this.#underWay < maxReads / 2;
  }

  /** How many are being read before anyone asked. */
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
