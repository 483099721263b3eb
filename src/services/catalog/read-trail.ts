/** How many places are followed: RAUC reads a file system, and a hash tree beside it. */
const maxPlaces = 8;
/** How many bytes must be read in order, in how many reads, to count as reading on. */
const leastBytes = 256 << 10;
const leastReads = 4;

interface Place {
  sha256: string;
  nextAt: number;
  reads: number;
  bytes: number;
  usedAt: number;
}

/** Where one connection reads in bundles: distinguishes those that read in order from those that jump around. */
export class ReadTrail {
  readonly #places: Place[] = [];
  #turn = 0;

  /**
   * Records a read.
   * @returns whether it continues, without a gap, where many before it ended
   */
  follow(sha256: string, position: number, length: number): boolean {
    this.#turn += 1;
    const place = this.#places.find((one) => one.nextAt === position && one.sha256 === sha256);
    if (place === undefined) {
      this.#begin({ sha256, nextAt: position + length, reads: 1, bytes: length, usedAt: this.#turn });
      return false;
    }
    place.nextAt += length;
    place.reads += 1;
    place.bytes += length;
    place.usedAt = this.#turn;
    return place.reads >= leastReads && place.bytes >= leastBytes;
  }

  /** Replaces the place that was left the longest ago. */
  #begin(place: Place): void {
    if (this.#places.length < maxPlaces) {
      this.#places.push(place);
      return;
    }
    const oldest = this.#places.reduce((one, other) => (other.usedAt < one.usedAt ? other : one));
    Object.assign(oldest, place);
  }
}
