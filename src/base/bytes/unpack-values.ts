import { encodings, headBytes, kind, type PackableValue } from './packed-format';

/** @param packed by `ValuePacker` */
export function unpackValues(packed: Buffer): PackableValue {
  const head = packed.readUInt32LE(0);
  const startOfTexts = head >>> 8;
  return new Unpacking(packed, packed.toString(encodings[head & 1], startOfTexts)).next();
}

class Unpacking {
  #at = headBytes;
  #atText = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly texts: string,
  ) {}

  next(): PackableValue {
    const head = this.#byte();
    if (head >= kind.small) return head - kind.small;
    switch (head) {
      case kind.text:
        return this.#text(this.#length());
      case kind.whole6:
        return this.#low32() + (this.#byte() + this.#byte() * 256) * 2 ** 32;
      case kind.whole4:
        return this.#low32();
      case kind.array:
        return this.#array(this.#length());
      case kind.object:
        return this.#object(this.#length());
      case kind.double:
        this.#at += 8;
        return this.bytes.readDoubleLE(this.#at - 8);
      case kind.null:
        return null;
      default:
        return head === kind.true;
    }
  }

  #array(length: number): PackableValue[] {
    const items: PackableValue[] = [];
    for (let index = 0; index < length; index += 1) items.push(this.next());
    return items;
  }

  /** As in JSON, each name is an own property, even `__proto__`. */
  #object(length: number): { readonly [name: string]: PackableValue } {
    const entries: [string, PackableValue][] = [];
    for (let index = 0; index < length; index += 1) entries.push([this.#name(), this.next()]);
    return Object.fromEntries(entries);
  }

  #name(): string {
    const name = this.next();
    if (typeof name !== 'string') throw new RangeError('a packed name is not a text');
    return name;
  }

  #text(length: number): string {
    const start = this.#atText;
    this.#atText += length;
    return this.texts.substring(start, this.#atText);
  }

  #length(): number {
    return Number(this.next());
  }

  #low32(): number {
    return this.#byte() + this.#byte() * 2 ** 8 + this.#byte() * 2 ** 16 + this.#byte() * 2 ** 24;
  }

  #byte(): number {
    const byte = this.bytes[this.#at];
    if (byte === undefined) throw new RangeError('packed values end too early');
    this.#at += 1;
    return byte;
  }
}
