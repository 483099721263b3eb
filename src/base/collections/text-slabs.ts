/** Where a text lies; it is changed by the slabs alone. */
export interface TextPlace {
  readonly slab: Buffer;
  readonly start: number;
  readonly sizeBytes: number;
  lengthBytes: number;
}

const slabBytes = 1 << 20;
/** Sizes of places are multiples of it, so that a place that was freed fits many others. */
const stepBytes = 128;
/** A longer text has memory of its own. */
const longBytes = slabBytes / 16;

/**
 * Many texts outside of the heap, in large pieces of memory: they cost the garbage collector nothing, and one that is replaced by
 * one of about its length leaves no garbage. Memory that was needed once is kept for later texts of the same size.
 */
export class TextSlabs {
  #slab: Buffer | null = null;
  #usedBytes = 0;
  /** By size. */
  readonly #free = new Map<number, TextPlace[]>();

  /**
   * Puts a text where another one was, if it fits there.
   * @param text without halves of surrogate pairs
   * @param before the place of the text that it replaces, which nobody may read any more
   */
  put(text: string, before: TextPlace | null): TextPlace {
    const lengthBytes = Buffer.byteLength(text);
    const place =
      before !== null && lengthBytes <= before.sizeBytes ? before : this.#replace(before, lengthBytes);
    place.slab.write(text, place.start);
    place.lengthBytes = lengthBytes;
    return place;
  }

  read({ slab, start, lengthBytes }: TextPlace): string {
    return slab.toString('utf8', start, start + lengthBytes);
  }

  /** Its place is another text's from now on. */
  free(place: TextPlace): void {
    if (place.sizeBytes > longBytes) return;
    const free = this.#free.get(place.sizeBytes);
    if (free === undefined) this.#free.set(place.sizeBytes, [place]);
    else free.push(place);
  }

  #replace(before: TextPlace | null, lengthBytes: number): TextPlace {
    if (before !== null) this.free(before);
    const sizeBytes = Math.max(1, Math.ceil(lengthBytes / stepBytes)) * stepBytes;
    return this.#free.get(sizeBytes)?.pop() ?? this.#cut(sizeBytes);
  }

  #cut(sizeBytes: number): TextPlace {
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
