import { DomainError } from '../core/errors';

/** One DER element (X.690): views into the bytes that it was read from. */
export interface DerElement {
  /** The identifier octet. */
  readonly tag: number;
  readonly content: Buffer;
  /** Header and content. */
  readonly raw: Buffer;
}

/** Identifier octets that certificates and requests are made of. */
export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/**
 * Reads bytes that must be exactly one element with a tag. Strict where OpenSSL is lenient: definite, shortest lengths only.
 * @throws DomainError `invalid-input`
 */
export function readDer(bytes: Buffer, tag: number): DerElement {
  const element = readElement(bytes, 0);
  if (element.raw.length !== bytes.length) throw notDer('something follows its end');
  return expectTag(element, tag);
}

/**
 * Reads elements that lie one after another: the content of a SEQUENCE or SET.
 * @throws DomainError `invalid-input`
 */
export function readDerList(content: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < content.length;) {
    const element = readElement(content, at);
    elements.push(element);
    at += element.raw.length;
  }
  return elements;
}

/**
 * @returns the element, when it is there and has the tag
 * @throws DomainError `invalid-input`
 */
export function expectTag(element: DerElement | undefined, tag: number): DerElement {
  if (element?.tag !== tag) throw notDer('an element is not what belongs there');
  return element;
}

/**
 * An object identifier in dotted text (X.690, section 8.19).
 * @throws DomainError `invalid-input`
 */
export function readOid(element: DerElement | undefined): string {
  const { content } = expectTag(element, derTags.oid);
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 128) throw notDer('an object identifier is too large');
    if ((octet & 0x80) !== 0) continue;
    if (arcs.length === 0)
      arcs.push(Math.min(Math.floor(arc / 40), 2), arc - Math.min(Math.floor(arc / 40), 2) * 40);
    else arcs.push(arc);
    arc = 0;
  }
  if (arcs.length === 0 || ((content.at(-1) ?? 0x80) & 0x80) !== 0)
    throw notDer('an object identifier is cut short');
  return arcs.join('.');
}

/** The bytes of a BIT STRING that holds whole octets. */
export function readBitString(element: DerElement | undefined): Buffer {
  const { content } = expectTag(element, derTags.bitString);
  if (content[0] !== 0) throw notDer('a bit string does not hold whole octets');
  return content.subarray(1);
}

function readElement(bytes: Buffer, start: number): DerElement {
  const octet = (at: number): number => {
    const value = bytes[at];
    if (value === undefined) throw notDer('it is cut short');
    return value;
  };
  const tag = octet(start);
  if ((tag & 0x1f) === 0x1f) throw notDer('it has a tag of several octets');
  let at = start + 1;
  let length = octet(at++);
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4) throw notDer('a length is impossible');
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + octet(at++);
    if (length < 0x80 || length < 256 ** (count - 1)) throw notDer('a length is not in its shortest form');
  }
  const end = at + length;
  if (end > bytes.length) throw notDer('an element is longer than what holds it');
  return { tag, content: bytes.subarray(at, end), raw: bytes.subarray(start, end) };
}

function notDer(what: string): DomainError {
  return new DomainError('invalid-input', `this is not DER: ${what}`);
}
