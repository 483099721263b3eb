import { circumstance } from '../core/circumstances/catalogue';
import { type Element, expectTag } from './element';
import { Malformed } from './malformed';
import { tags } from './tags';

/** A UUID, which is the largest number in use (X.667, section 7), has 128 bits. */
const maxArcOctets = 19;

/**
 * An object identifier in dotted text (X.690, section 8.19). Each has only one spelling, as in OpenSSL, so that a known one cannot hide behind
 * another.
 * @throws Malformed
 */
export function readOid(element: Element | undefined): string {
  const { content } = expectTag(element, tags.objectIdentifier);
  const arcs: bigint[] = [];
  let arc = 0n;
  let octets = 0;
  for (const octet of content) {
    if (octets === 0 && octet === 0x80) throw new Malformed(circumstance('object-identifier-padded'));
    if (++octets > maxArcOctets) throw new Malformed(circumstance('object-identifier-too-large'));
    arc = arc * 128n + BigInt(octet & 0x7f);
    if ((octet & 0x80) !== 0) continue;
    arcs.push(...(arcs.length === 0 ? firstTwo(arc) : [arc]));
    arc = 0n;
    octets = 0;
  }
  if (octets > 0 || arcs.length === 0) throw new Malformed(circumstance('object-identifier-cut-short'));
  return arcs.join('.');
}

/** The first two arcs share one number (X.690, section 8.19.4). */
function firstTwo(number: bigint): [bigint, bigint] {
  const first = number < 80n ? number / 40n : 2n;
  return [first, number - first * 40n];
}
