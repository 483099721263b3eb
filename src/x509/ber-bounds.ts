import { Malformed } from './malformed';

const maxDepth = 32;
const maxElements = 20_000;

/**
 * Walks BER before a recursive parser sees it, so that depth, number of elements and lengths are known to be sane.
 * @returns the length of the first element: what lies behind it is junk
 * @throws Malformed
 */
export function measureBer(bytes: Buffer): number {
  let elements = 0;

  const walk = (start: number, end: number, depth: number): number => {
    if (depth > maxDepth) throw new Malformed('it is nested too deeply');
    if (++elements > maxElements) throw new Malformed('it has too many elements');
    const { constructed, contentStart, length } = readHeader(bytes, start, end);
    if (length === undefined) {
      if (!constructed) throw new Malformed('a primitive element has no length');
      let at = contentStart;
      while (!(at + 2 <= end && bytes[at] === 0 && bytes[at + 1] === 0)) at = walk(at, end, depth + 1);
      return at + 2;
    }
    const contentEnd = contentStart + length;
    if (contentEnd > end) throw new Malformed('an element is longer than what holds it');
    if (constructed) {
      let at = contentStart;
      while (at < contentEnd) at = walk(at, contentEnd, depth + 1);
    }
    return contentEnd;
  };

  return walk(0, bytes.length, 0);
}

export interface Header {
  readonly constructed: boolean;
  readonly contentStart: number;
  /** `undefined` for the indefinite form. */
  readonly length: number | undefined;
}

/** Identifier and length octets (X.690, sections 8.1.2 and 8.1.3). */
export function readHeader(bytes: Buffer, start: number, end: number): Header {
  const octet = (at: number): number => {
    const value = at < end ? bytes[at] : undefined;
    if (value === undefined) throw new Malformed('it is cut short');
    return value;
  };
  const identifier = octet(start);
  let at = start + 1;
  if ((identifier & 0x1f) === 0x1f) {
    while (octet(at) & 0x80) at++;
    at++;
  }
  const first = octet(at++);
  const constructed = (identifier & 0x20) !== 0;
  if (first === 0x80) return { constructed, contentStart: at, length: undefined };
  if (first < 0x80) return { constructed, contentStart: at, length: first };
  const count = first & 0x7f;
  if (count > 6) throw new Malformed('a length is impossible');
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + octet(at++);
  return { constructed, contentStart: at, length };
}
