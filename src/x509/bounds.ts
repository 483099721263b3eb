import { circumstance } from '../core/circumstances/catalogue';
import { Malformed } from './malformed';

/**
 * How strictly elements are read. Use DER where two readers must not disagree: definite lengths in as few octets as
 * possible, and tags of one octet. Use BER where OpenSSL accepts it, as in the CMS that `openssl cms -stream` writes.
 */
export type Encoding = 'BER' | 'DER';

const maxDepth = 32;
const maxElements = 20_000;
/** 256 TiB: lengths below it are exact numbers. */
const maxLengthOctets = 6;

/**
 * Walks an element before any recursive reader sees it, so that its depth, the number of elements in it and all
 * lengths are known to be sane.
 * @returns the size of the first element: bytes after it are ignored
 * @throws Malformed
 */
export function measure(bytes: Buffer, encoding: Encoding): number {
  let elements = 0;

  const walk = (start: number, end: number, depth: number): number => {
    if (depth > maxDepth) throw new Malformed(circumstance('elements-too-deep'));
    if (++elements > maxElements) throw new Malformed(circumstance('elements-too-many'));
    const { tag, contentStart, length } = readHeader(bytes, start, end, encoding);
    if (length === undefined) {
      if (!isConstructed(tag)) throw new Malformed(circumstance('element-without-length'));
      let at = contentStart;
      while (!(at + 2 <= end && bytes[at] === 0 && bytes[at + 1] === 0)) at = walk(at, end, depth + 1);
      return at + 2;
    }
    const contentEnd = contentStart + length;
    if (contentEnd > end) throw new Malformed(circumstance('element-too-long'));
    if (isConstructed(tag)) {
      let at = contentStart;
      while (at < contentEnd) at = walk(at, contentEnd, depth + 1);
    }
    return contentEnd;
  };

  return walk(0, bytes.length, 0);
}

export interface Header {
  /** The first identifier octet: class, form, and the tag's number, which is 31 when more octets hold it. */
  readonly tag: number;
  readonly contentStart: number;
  /** `undefined` for the indefinite form. */
  readonly length: number | undefined;
}

/**
 * Identifier and length octets (X.690, sections 8.1.2 and 8.1.3).
 * @param end where the enclosing element ends
 * @throws Malformed
 */
export function readHeader(bytes: Buffer, start: number, end: number, encoding: Encoding): Header {
  const octet = (at: number): number => {
    const value = at < end ? bytes[at] : undefined;
    if (value === undefined) throw new Malformed(circumstance('cut-short'));
    return value;
  };
  const tag = octet(start);
  let at = start + 1;
  if (hasLongTag(tag)) {
    if (encoding === 'DER') throw new Malformed(circumstance('tag-of-several-octets'));
    while (octet(at) & 0x80) at++;
    at++;
  }
  const first = octet(at++);
  if (first < 0x80) return { tag, contentStart: at, length: first };
  if (first === 0x80 && encoding === 'BER') return { tag, contentStart: at, length: undefined };
  const count = first & 0x7f;
  if (count === 0 || count > maxLengthOctets) throw new Malformed(circumstance('length-impossible'));
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + octet(at++);
  if (encoding === 'DER' && count !== extraLengthOctets(length))
    throw new Malformed(circumstance('length-not-shortest'));
  return { tag, contentStart: at, length };
}

/** How many octets besides the first hold a length, in the shortest form (X.690, section 10.1). */
export function extraLengthOctets(length: number): number {
  return length < 0x80 ? 0 : Math.ceil(Math.log2(length + 1) / 8);
}

export const isConstructed = (tag: number): boolean => (tag & 0x20) !== 0;

/** Whether more octets hold the tag's number. */
export const hasLongTag = (tag: number): boolean => (tag & 0x1f) === 0x1f;
