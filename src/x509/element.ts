import { measureBer, readHeader } from './ber-bounds';

/** One element of BER, as it stands. */
export interface BerElement {
  /** The first identifier octet: class, form, and the tag's number, which is 31 where more octets hold it. */
  readonly identifier: number;
  readonly content: Buffer;
  /** Identifier, length and content, as they were encoded. */
  readonly raw: Buffer;
  /** Whether its length is written as DER writes it: definite, in as few octets as possible. */
  readonly hasShortestLength: boolean;
}

/**
 * The elements that follow one another in `bytes`.
 * @throws Malformed when something else is among them
 */
export function readElements(bytes: Buffer): BerElement[] {
  const elements: BerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const rest = bytes.subarray(at);
    const size = measureBer(rest);
    const raw = rest.subarray(0, size);
    const { contentStart, length } = readHeader(raw, 0, size);
    elements.push({
      identifier: raw.readUInt8(0),
      content: raw.subarray(contentStart, length === undefined ? size - 2 : size),
      raw,
      hasShortestLength: length !== undefined && contentStart === 2 + extraLengthOctets(length),
    });
    at += size;
  }
  return elements;
}

/** How many octets hold a length beside the first one, in the shortest form (X.690, section 10.1). */
export function extraLengthOctets(length: number): number {
  return length < 0x80 ? 0 : Math.ceil(Math.log2(length + 1) / 8);
}

export const isConstructed = ({ identifier }: BerElement): boolean => (identifier & 0x20) !== 0;

/** Identifier octets (X.690, section 8.4 and X.680, section 8). */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  constructedOctetString: 0x24,
  /** `[0]` and `[1]`, implicit over something constructed, or explicit. */
  context0: 0xa0,
  context1: 0xa1,
  /** `[0]`, implicit over something primitive. */
  primitiveContext0: 0x80,
} as const;
