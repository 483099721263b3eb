import { extraLengthOctets, hasLongTag } from './bounds';
import type { Element } from './element';
import { tags } from './tags';

/** Whether a whole element is DER, so that re-encoding yields the same bytes (X.690, section 10). */
function isDer(element: Element): boolean {
  if (!element.hasShortestLength) return false;
  if (!element.isConstructed) return isSoundPrimitive(element);
  if (isUniversal(element) && element.tag !== tags.sequence && element.tag !== tags.set) return false; // a string in pieces
  const members = element.members();
  return element.tag === tags.set ? areSortedDer(members) : members.every(isDer);
}

/** Whether the elements are in DER order for a SET OF (X.690, section 11.6). */
export function areSortedDer(members: readonly Element[]): boolean {
  return members.every((member, at) => {
    const before = members[at - 1];
    return isDer(member) && (before === undefined || Buffer.compare(before.raw, member.raw) <= 0);
  });
}

/** An element with the shortest length, around content that is already encoded. */
export function encodeDer(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const extra = extraLengthOctets(content.length);
  const header = Buffer.from([tag, extra === 0 ? content.length : 0x80 | extra]);
  const length = Buffer.alloc(extra);
  if (extra > 0) length.writeUIntBE(content.length, 0, extra);
  return Buffer.concat([header, length, content]);
}

/** Whether OpenSSL can read every primitive in an element; the form of lengths does not matter. */
export function isReadable(element: Element): boolean {
  return element.isConstructed
    ? !hasLongTag(element.tag) && element.members().every(isReadable)
    : isSoundPrimitive(element);
}

function isUniversal({ tag }: Element): boolean {
  return (tag & 0xc0) === 0;
}

/** Whether a primitive element has the only content that DER allows for its value (X.690, sections 8 and 11). */
function isSoundPrimitive({ tag, content }: Element): boolean {
  const first = content[0];
  switch (tag) {
    case tags.boolean:
      return content.length === 1 && (first === 0 || first === 0xff);
    case tags.integer:
    case tags.enumerated:
      return first !== undefined && !hasPadding(content);
    case tags.bitString:
      return first !== undefined && hasZerosUnused(first, content);
    case tags.null:
      return content.length === 0;
    case tags.objectIdentifier:
      return isObjectIdentifier(content);
    case tags.bmpString:
      return content.length % 2 === 0;
    case tags.universalString:
      return content.length % 4 === 0;
    case tags.sequence & 0x1f:
    case tags.set & 0x1f:
      return false;
    default:
      return !hasLongTag(tag) && tag !== 0;
  }
}

function hasPadding([first, second]: Buffer): boolean {
  if (first === undefined || second === undefined) return false;
  return (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
}

function hasZerosUnused(unused: number, content: Buffer): boolean {
  const last = content[content.length - 1] ?? 0;
  return content.length === 1 ? unused === 0 : unused < 8 && (last & ((1 << unused) - 1)) === 0;
}

function isObjectIdentifier(content: Buffer): boolean {
  const last = content[content.length - 1];
  if (last === undefined || last >= 0x80) return false;
  return content.every((octet, at) => octet !== 0x80 || (content[at - 1] ?? 0) >= 0x80);
}
