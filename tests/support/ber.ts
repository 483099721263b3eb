/** An element of BER that can be changed; a child that is a Buffer is written unchanged. */
export interface BerElement {
  tag: number;
  /** Of a primitive element. */
  content: Buffer;
  /** Of a constructed one. */
  children: (BerElement | Buffer)[];
}

const isConstructed = (tag: number) => (tag & 0x20) !== 0;

/** Parses one element of DER with tags of one byte; a bundle's CMS has no others. */
export function decodeDer(der: Buffer): BerElement {
  const [element] = decodeAll(der);
  if (element === undefined) throw new Error('no element');
  return element;
}

function decodeAll(der: Buffer): BerElement[] {
  const elements: BerElement[] = [];
  for (let at = 0; at < der.length;) {
    const tag = der.readUInt8(at);
    const first = der.readUInt8(at + 1);
    const lengthSize = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthSize;
    const end = start + (lengthSize === 0 ? first : der.readUIntBE(at + 2, lengthSize));
    const content = der.subarray(start, end);
    elements.push(
      isConstructed(tag)
        ? { tag, content: Buffer.alloc(0), children: decodeAll(content) }
        : { tag, content, children: [] },
    );
    at = end;
  }
  return elements;
}

export function encodeDer(element: BerElement | Buffer): Buffer {
  if (Buffer.isBuffer(element)) return element;
  return tlv(
    element.tag,
    isConstructed(element.tag) ? Buffer.concat(element.children.map(encodeDer)) : element.content,
  );
}

/** One element; `lengthSize` makes its length field longer than necessary, `indefinite` omits the length. */
export function tlv(tag: number, content: Buffer, form?: number | 'indefinite'): Buffer {
  if (form === 'indefinite') return Buffer.concat([Buffer.from([tag, 0x80]), content, Buffer.alloc(2)]);
  if (form === undefined && content.length < 0x80)
    return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const needed = content.length > 0xffff ? 3 : content.length > 0xff ? 2 : 1;
  const lengthSize = Math.max(form ?? 0, needed);
  const header = Buffer.alloc(2 + lengthSize);
  header.writeUInt8(tag, 0);
  header.writeUInt8(0x80 | lengthSize, 1);
  header.writeUIntBE(content.length, 2, lengthSize);
  return Buffer.concat([header, content]);
}

/** The child at a path of indexes. */
export function childAt(element: BerElement, ...indexes: readonly number[]): BerElement {
  return indexes.reduce((parent, index) => {
    const child = parent.children[index];
    if (child === undefined || Buffer.isBuffer(child)) throw new Error(`no element ${index}`);
    return child;
  }, element);
}
