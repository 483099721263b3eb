import { circumstance } from '../core/circumstances/catalogue';
import { type Encoding, extraLengthOctets, isConstructed, measure, readHeader } from './bounds';
import { Malformed } from './malformed';

/** One element as encoded. Its buffers are views into the source bytes. */
export class Element {
  constructor(
    /** The first identifier octet: class, form, and the tag's number, which is 31 when more octets hold it. */
    readonly tag: number,
    readonly content: Buffer,
    /** Identifier, length and content, as encoded. */
    readonly raw: Buffer,
    /** Whether its length is encoded as DER requires. */
    readonly hasShortestLength: boolean,
    /** How it was read; its content is read the same way. */
    private readonly encoding: Encoding,
  ) {}

  get isConstructed(): boolean {
    return isConstructed(this.tag);
  }

  /** The elements inside it. @throws Malformed */
  members(): Element[] {
    return readElements(this.content, this.encoding);
  }

  /** The one element inside an explicit tag or an OCTET STRING. @throws Malformed */
  inner(): Element {
    return readElement(this.content, this.encoding);
  }
}

/**
 * The one element in some bytes.
 * @throws Malformed also when something follows it
 */
export function readElement(bytes: Buffer, encoding: Encoding): Element {
  const element = elementAt(bytes, encoding);
  if (element.raw.length !== bytes.length) throw new Malformed(circumstance('bytes-after-end'));
  return element;
}

/**
 * The consecutive elements in `bytes`.
 * @throws Malformed when anything else is among them
 */
export function readElements(bytes: Buffer, encoding: Encoding): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes.subarray(at), encoding);
    elements.push(element);
    at += element.raw.length;
  }
  return elements;
}

/** @throws Malformed when there is none, or it is of another kind */
export function expectTag(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw misplaced();
  return element;
}

export function misplaced(): Malformed {
  return new Malformed(circumstance('element-misplaced'));
}

function elementAt(bytes: Buffer, encoding: Encoding): Element {
  const size = measure(bytes, encoding);
  const raw = bytes.subarray(0, size);
  const { tag, contentStart, length } = readHeader(raw, 0, size, encoding);
  const content = raw.subarray(contentStart, length === undefined ? size - 2 : size);
  const isShortest = length !== undefined && contentStart === 2 + extraLengthOctets(length);
  return new Element(tag, content, raw, isShortest, encoding);
}
