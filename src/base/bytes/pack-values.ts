import { encodings, headBytes, kind, type PackableValue, smallNumbers } from './packed-format';

/** How many bytes one value needs at most, without its texts and the values in it. */
const maxHeadBytes = 16;

/** Packs values into its own memory, which it reuses for the next ones. */
export class ValuePacker {
  #bytes = Buffer.allocUnsafe(16_384);
  #at = 0;
  #texts = '';

  /** @returns the packed values, valid until the next call */
  pack(value: PackableValue): Buffer {
    this.#at = headBytes;
    this.#texts = '';
    this.#put(value);
    const encoding = /[^\0-\xff]/.test(this.#texts) ? 1 : 0;
    const startOfTexts = this.#at;
    this.#reserve(2 * this.#texts.length);
    this.#bytes.writeUInt32LE(startOfTexts * 256 + encoding, 0);
    this.#at += this.#bytes.write(this.#texts, startOfTexts, encodings[encoding]);
    return this.#bytes.subarray(0, this.#at);
  }

  #put(value: PackableValue): void {
    this.#reserve(maxHeadBytes);
    if (value === null) this.#byte(kind.null);
    else if (typeof value === 'string') {
      this.#byte(kind.text);
      this.#number(value.length);
      this.#texts += value;
    } else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'boolean') this.#byte(value ? kind.true : kind.false);
    else if (isArray(value)) {
      this.#byte(kind.array);
      this.#number(value.length);
      for (const item of value) this.#put(item);
    } else this.#object(value);
  }

  #object(value: { readonly [name: string]: PackableValue }): void {
    const entries = Object.entries(value);
    this.#byte(kind.object);
    this.#number(entries.length);
    for (const [name, item] of entries) {
      this.#put(name);
      this.#put(item);
    }
  }

  #number(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 48 || Object.is(value, -0)) {
      this.#byte(kind.double);
      this.#at = this.#bytes.writeDoubleLE(value, this.#at);
    } else if (value < smallNumbers) this.#byte(kind.small + value);
    else if (value < 2 ** 32) {
      this.#byte(kind.whole4);
      this.#low32(value);
    } else {
      this.#byte(kind.whole6);
      this.#low32(value);
      const high = Math.floor(value / 2 ** 32);
      this.#byte(high);
      this.#byte(high >>> 8);
    }
  }

  /** Byte by byte: the methods of buffers cost several times as much. */
  #low32(value: number): void {
    this.#byte(value);
    this.#byte(value >>> 8);
    this.#byte(value >>> 16);
    this.#byte(value >>> 24);
  }

  #byte(value: number): void {
    this.#bytes[this.#at++] = value;
  }

  #reserve(sizeBytes: number): void {
    const needed = this.#at + sizeBytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}

/** `Array.isArray` does not know read-only arrays. */
function isArray(value: PackableValue): value is readonly PackableValue[] {
  return Array.isArray(value);
}
