import { circumstance } from '../core/circumstances/catalogue';
import { type Element, expectTag } from './element';
import { Malformed } from './malformed';
import { tags } from './tags';

/** Counts beyond this mean "no limit". */
const maxCountOctets = 6;

/** @throws Malformed */
export function readBoolean(element: Element | undefined): boolean {
  const { content } = expectTag(element, tags.boolean);
  if (content.length !== 1) throw new Malformed(circumstance('boolean-of-wrong-length'));
  return content[0] !== 0; // BER reads all but 0 as true, as OpenSSL does
}

/**
 * An INTEGER, or an implicitly tagged one, that limits a quantity. A value too large for an exact number becomes the
 * largest exact one.
 * @throws Malformed for a negative one
 */
export function readCount({ content }: Element): number {
  const [first] = content;
  if (first === undefined) throw new Malformed(circumstance('number-empty'));
  if (first >= 0x80) throw new Malformed(circumstance('number-negative'));
  return content.length > maxCountOctets ? Number.MAX_SAFE_INTEGER : content.readUIntBE(0, content.length);
}

/** The bytes of a BIT STRING that holds whole octets. @throws Malformed */
export function readBitString(element: Element | undefined): Buffer {
  const { content } = expectTag(element, tags.bitString);
  if (content[0] !== 0) throw new Malformed(circumstance('bit-string-of-no-octets'));
  return content.subarray(1);
}

/** The first eight bits of a BIT STRING with named bits, first bit highest; missing bits are 0. @throws Malformed */
export function readFlags(element: Element | undefined): number {
  const [unused, ...octets] = expectTag(element, tags.bitString).content.subarray(0, 3);
  if (unused === undefined || unused > 7) throw new Malformed(circumstance('bit-string-unreadable'));
  const [first = 0] = octets;
  return octets.length === 1 ? first & (0xff << unused) : first;
}

/** The number of bits in a positive INTEGER; leading zeros do not count. */
export function bitsOf({ content }: Element): number {
  const at = content.findIndex((octet) => octet !== 0);
  if (at < 0) return 0;
  return (content.length - at) * 8 - (Math.clz32(content.readUInt8(at)) - 24);
}
