import type { Element } from './element';
import { splitName } from './name';
import { tags } from './tags';
import { decodeText } from './text';

/** Kinds of strings that OpenSSL takes for one (`ASN1_MASK_CANON`). */
const comparable: ReadonlySet<number> = new Set([
  tags.utf8String,
  tags.printableString,
  tags.teletexString,
  tags.ia5String,
  tags.visibleString,
  tags.universalString,
  tags.bmpString,
]);
/** Of these, those whose octets are Latin-1 for OpenSSL. */
const latin1: ReadonlySet<number> = new Set([
  tags.printableString,
  tags.teletexString,
  tags.ia5String,
  tags.visibleString,
]);

/**
 * A distinguished name in a form that is equal where OpenSSL takes two names for one (`X509_NAME_cmp`): whatever kinds
 * of strings they are made of, capital or small (ASCII alone), and however many blanks are in them.
 * @param name a Name (RFC 5280, section 4.1.2.4)
 * @throws Malformed
 */
export function canonicalName(name: Element): string {
  return splitName(name)
    .map((rdn) =>
      rdn
        .map(({ type, value }) => `${type}=${canonicalValue(value)}`)
        .sort()
        .join('+'),
    )
    .join(',');
}

function canonicalValue(value: Element): string {
  const text = comparable.has(value.tag)
    ? latin1.has(value.tag)
      ? value.content.toString('latin1')
      : decodeText(value)
    : undefined;
  if (text === undefined) return value.raw.toString('hex');
  const words = text
    .replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
    .split(/[ \t\n\v\f\r]+/)
    .filter((word) => word !== '');
  return JSON.stringify(words.join(' '));
}
