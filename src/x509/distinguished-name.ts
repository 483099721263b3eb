import { decodeUtf8 } from '../base/text/utf8';
import { derTags, expectTag, readDer, readDerList, readOid, type DerElement } from './der-reader';
import { oid, sequence, set, utf8, type Asn1 } from './der-writer';

export interface NameAttribute {
  /** Dotted object identifier. */
  readonly type: string;
  /** `null` when it is not text, or not in the encoding that it claims. */
  readonly value: string | null;
}

const commonNameOid = '2.5.4.3';

const shortNames: Readonly<Record<string, string>> = {
  [commonNameOid]: 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '0.9.2342.19200300.100.1.25': 'DC',
};

/** A name of one CN (RFC 5280, section 4.1.2.4). */
export function buildName(commonName: string): Asn1 {
  return sequence(set(sequence(oid(commonNameOid), utf8(commonName))));
}

/**
 * The attributes of a Name, those of multi-valued RDNs among them.
 * @throws DomainError `invalid-input` when it is malformed
 */
export function readName(der: Buffer): NameAttribute[] {
  return readDerList(readDer(der, derTags.sequence).content).flatMap((rdn) =>
    readDerList(expectTag(rdn, derTags.set).content).map((attribute) => {
      const [type, value] = readDerList(expectTag(attribute, derTags.sequence).content);
      return { type: readOid(type), value: value === undefined ? null : decodeText(value) };
    }),
  );
}

export function commonNames(attributes: readonly NameAttribute[]): (string | null)[] {
  return attributes.filter(({ type }) => type === commonNameOid).map(({ value }) => value);
}

/** One line, safe to show: what could pretend to be structure, and control and direction characters, are escaped. */
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

/** DirectoryString and IA5String (RFC 5280, section 4.1.2.4). Teletex is taken for ASCII, as nobody agrees on the rest. */
function decodeText({ tag, content }: DerElement): string | null {
  const utf8Tag = 0x0c;
  const asciiTags = [0x12, 0x13, 0x14, 0x16];
  const universalTag = 0x1c;
  const bmpTag = 0x1e;
  if (tag === utf8Tag) return decodeUtf8(content, 'keep') ?? null;
  if (asciiTags.includes(tag))
    return content.every((octet) => octet < 0x80) ? content.toString('latin1') : null;
  if (tag === bmpTag) return decodeUtf16(content);
  if (tag === universalTag) return decodeUtf32(content);
  return null;
}

function decodeUtf16(content: Buffer): string | null {
  const isWhole = content.length % 2 === 0;
  try {
    const decoder = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true });
    return isWhole ? decoder.decode(Buffer.from(content).swap16()) : null;
  } catch {
    return null;
  }
}

function decodeUtf32(content: Buffer): string | null {
  let text = '';
  if (content.length % 4 !== 0) return null;
  for (let at = 0; at < content.length; at += 4) {
    const point = content.readUInt32BE(at);
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return null;
    text += String.fromCodePoint(point);
  }
  return text;
}
