import { oid, sequence, set, utf8, type Asn1 } from './der-writer';
import { type Element, expectTag, misplaced } from './element';
import { Fields } from './fields';
import { readOid } from './object-identifier';
import { tags } from './tags';
import { decodeText } from './text';

export interface NameAttribute {
  /** Dotted object identifier. */
  readonly type: string;
  /** `null` when it is not text, or not in its declared encoding. */
  readonly value: string | null;
}

/** Object identifiers of attributes (RFC 5280, appendix A.1). */
export const attributeOids = { commonName: '2.5.4.3', emailAddress: '1.2.840.113549.1.9.1' } as const;

const shortNames: Readonly<Record<string, string>> = {
  [attributeOids.commonName]: 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  [attributeOids.emailAddress]: 'emailAddress',
  '0.9.2342.19200300.100.1.25': 'DC',
};

/** A name with one CN (RFC 5280, section 4.1.2.4). */
export function buildName(commonName: string): Asn1 {
  return sequence(set(sequence(oid(attributeOids.commonName), utf8(commonName))));
}

/**
 * The attributes of a Name, including those of multi-valued RDNs.
 * @throws Malformed
 */
export function readName(name: Element): NameAttribute[] {
  return splitName(name).flatMap((rdn) =>
    rdn.map(({ type, value }) => ({ type, value: decodeText(value) ?? null })),
  );
}

/**
 * The structure of a Name: RDNs, each with one or more attributes (RFC 5280, section 4.1.2.4).
 * @throws Malformed
 */
export function splitName(name: Element): { readonly type: string; readonly value: Element }[][] {
  return expectTag(name, tags.sequence)
    .members()
    .map((rdn) =>
      expectTag(rdn, tags.set)
        .members()
        .map((attribute) => {
          const fields = new Fields(attribute);
          const type = readOid(fields.takeAny());
          const value = fields.takeAny();
          fields.end();
          if (value === undefined) throw misplaced();
          return { type, value };
        }),
    );
}

export function commonNames(attributes: readonly NameAttribute[]): (string | null)[] {
  return attributes.filter(({ type }) => type === attributeOids.commonName).map(({ value }) => value);
}

/** One line, safe to show: escapes what could pass for structure, and control and direction characters. */
export function displayName(attributes: readonly NameAttribute[]): string {
  return attributes
    .map(
      ({ type, value }) =>
        `${shortNames[type] ?? type}=${displaySafe((value ?? '?').replace(/[\\,=+]/g, '\\$&'))}`,
    )
    .join(', ');
}

/** Text on one line: control and direction characters are escaped. */
export function displaySafe(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
