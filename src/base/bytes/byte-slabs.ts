/** Where bytes are; only the slabs change it. */
export interface BytesPlace {
  readonly slab: Buffer;
  readonly start: number;
  readonly sizeBytes: number;
  lengthBytes: number;
}

const slabBytes = 1 << 20;
/** Sizes of places are multiples of it, so that a place that was freed fits many others. */
const stepBytes = 64;
/** More bytes have memory of their own. */
const longBytes = slabBytes / 16;

/**
 * Many records outside of the heap, in large pieces of memory: they cost the garbage collector nothing, and one that is replaced by
 * one of about its length leaves no garbage. Memory that was needed once is kept for later records of the same size.
 */
export class ByteSlabs {
  #slab: Buffer | null = null;
  #usedBytes = 0;
  /** By size. */
  readonly #free = new Map<number, BytesPlace[]>();

  /**
   * Copies bytes to where others were, if they fit there.
   * @param before the place of those that they replace, which no one may read any more
   */
  put(bytes: Buffer, before: BytesPlace | null): BytesPlace {
    const lengthBytes = bytes.length;
    const place =
      before !== null && lengthBytes <= before.sizeBytes ? before : this.#replace(before, lengthBytes);
    bytes.copy(place.slab, place.start);
    place.lengthBytes = lengthBytes;
    return place;
  }

  /** Where they are, not a copy. */
  read({ slab, start, lengthBytes }: BytesPlace): Buffer {
    return slab.subarray(start, start + lengthBytes);
  }

  /** Its place belongs to other bytes from now on. */
  free(place: BytesPlace): void {
    if (place.sizeBytes > longBytes) return;
    const free = this.#free.get(place.sizeBytes);
    if (free === undefined) this.#free.set(place.sizeBytes, [place]);
    else free.push(place);
  }

  #replace(before: BytesPlace | null, lengthBytes: number): BytesPlace {
    if (before !== null) this.free(before);
    const sizeBytes = Math.max(1, Math.ceil(lengthBytes / stepBytes)) * stepBytes;
    return this.#free.get(sizeBytes)?.pop() ?? this.#cut(sizeBytes);
  }

  #cut(sizeBytes: number): BytesPlace {
    if (sizeBytes > longBytes) return { slab: Buffer.alloc(sizeBytes), start: 0, sizeBytes, lengthBytes: 0 };
    if (this.#slab === null || this.#usedBytes + sizeBytes > slabBytes) {
      this.#slab = Buffer.alloc(slabBytes);
      this.#usedBytes = 0;
    }
    const start = this.#usedBytes;
    this.#usedBytes += sizeBytes;
    return { slab: this.#slab, start, sizeBytes, lengthBytes: 0 };
  }
}
