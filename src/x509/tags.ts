/** Identifier octets (X.680, section 8.4; X.690, section 8.1.2). */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
  constructedOctetString: 0x24,
} as const;

/** A context-specific tag that replaces a primitive's own, such as `[0] IMPLICIT OCTET STRING`. */
export const implicit = (number: number): number => 0x80 | number;

/** A context-specific tag around an element, or in place of a constructed element's own. */
export const explicit = (number: number): number => 0xa0 | number;
