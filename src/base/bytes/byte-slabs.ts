/** Where bytes are; only the slabs change it. */
export interface BytesPlace {
  readonly slab: Buffer;
  readonly start: number;
  readonly sizeBytes: number;
  lengthBytes: number;
}

const slabBytes = 1 << 20;
/** Sizes of places are multiples of this, so a freed place fits many records. */
const stepBytes = 64;
/** Longer records have memory of their own. */
const longBytes = slabBytes / 16;

/**
 * Stores many records outside the heap, in large pieces of memory. They cost the garbage collector nothing, and replacing a
 * record by one of similar length leaves no garbage. Memory once allocated is kept for later records of the same size.
 */
export class ByteSlabs {
  #slab: Buffer | null = null;
  #usedBytes = 0;
  /** By size. */
  readonly #free = new Map<number, BytesPlace[]>();

  /**
   * Copies bytes to the place of those they replace, if they fit there.
   * @param before the place of the replaced bytes, which no one may read any more
   */
  put(bytes: Buffer, before: BytesPlace | null): BytesPlace {
    const lengthBytes = bytes.length;
    const place =
      before !== null && lengthBytes <= before.sizeBytes ? before : this.#replace(before, lengthBytes);
    bytes.copy(place.slab, place.start);
    place.lengthBytes = lengthBytes;
    return place;
  }

  /** Returns the bytes in place, not a copy. */
  read({ slab, start, lengthBytes }: BytesPlace): Buffer {
    return slab.subarray(start, start + lengthBytes);
  }

  /** Frees a place for other bytes. */
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
