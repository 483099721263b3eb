// Only this part of node-forge: loading all of it adds 20 ms to each start.
import asn1 from 'node-forge/lib/asn1';

/** A structure to encode as DER, in node-forge's terms. */
export type Asn1 = asn1.Asn1;

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;
const { Type } = asn1;

export const sequence = (...items: Asn1[]): Asn1 => asn1.create(UNIVERSAL, Type.SEQUENCE, true, items);

export const set = (...items: Asn1[]): Asn1 => asn1.create(UNIVERSAL, Type.SET, true, items);

export const oid = (dotted: string): Asn1 =>
  asn1.create(UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes());

export const nullValue = (): Asn1 => asn1.create(UNIVERSAL, Type.NULL, false, '');

export const boolean = (value: boolean): Asn1 =>
  asn1.create(UNIVERSAL, Type.BOOLEAN, false, value ? '\xff' : '\x00');

export const utf8 = (text: string): Asn1 =>
  asn1.create(UNIVERSAL, Type.UTF8, false, binary(Buffer.from(text, 'utf8')));

export const octets = (content: Buffer): Asn1 =>
  asn1.create(UNIVERSAL, Type.OCTETSTRING, false, binary(content));

/** A BIT STRING of whole octets, or with `unusedBits` at the end. */
export const bits = (content: Buffer, unusedBits = 0): Asn1 =>
  asn1.create(UNIVERSAL, Type.BITSTRING, false, String.fromCharCode(unusedBits) + binary(content));

/** A non-negative integer from its big-endian bytes, in the shortest form. */
export function integer(bytes: Buffer): Asn1 {
  const significant = bytes.subarray(bytes.findIndex((octet) => octet !== 0));
  const isZero = bytes.every((octet) => octet === 0);
  const magnitude = isZero ? Buffer.of(0) : significant;
  const padding = ((magnitude[0] ?? 0) & 0x80) !== 0 ? '\x00' : '';
  return asn1.create(UNIVERSAL, Type.INTEGER, false, padding + binary(magnitude));
}

/** The context-specific tags in use. node-forge's types know a tag's number only as a universal type. */
const contextTags = {
  0: Type.NONE,
  1: Type.BOOLEAN,
  2: Type.INTEGER,
  3: Type.BITSTRING,
  6: Type.OID,
  7: Type.ODESC,
} as const;
export type ContextTag = keyof typeof contextTags;

/** A context-specific tag around other elements. */
export const tagged = (tag: ContextTag, ...items: Asn1[]): Asn1 =>
  asn1.create(CONTEXT_SPECIFIC, contextTags[tag], true, items);

/** A context-specific tag in the place of a primitive's own. */
export const taggedBytes = (tag: ContextTag, content: Buffer): Asn1 =>
  asn1.create(CONTEXT_SPECIFIC, contextTags[tag], false, binary(content));

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280, section 4.1.2.5). */
export function time(at: Date): Asn1 {
  return at.getUTCFullYear() < 2050
    ? asn1.create(UNIVERSAL, Type.UTCTIME, false, asn1.dateToUtcTime(at))
    : asn1.create(UNIVERSAL, Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(at));
}

export function toDer(structure: Asn1): Buffer {
  return Buffer.from(asn1.toDer(structure).getBytes(), 'latin1');
}

/**
 * Adds an element as it is.
 * @throws Error when its bytes would change, which would break comparisons
 */
export function embed(der: Buffer): Asn1 {
  const structure = asn1.fromDer(binary(der));
  if (!toDer(structure).equals(der))
    throw new Error('an element is not DER and would change when it is copied');
  return structure;
}

function binary(bytes: Buffer): string {
  return bytes.toString('latin1');
}
