import type { Element } from './element';
import { splitName } from './name';
import { tags } from './tags';
import { decodeText } from './text';

/** String types that OpenSSL treats as one (`ASN1_MASK_CANON`). */
const comparable: ReadonlySet<number> = new Set([
  tags.utf8String,
  tags.printableString,
  tags.teletexString,
  tags.ia5String,
  tags.visibleString,
  tags.universalString,
  tags.bmpString,
]);
/** Of these, the ones that OpenSSL reads as Latin-1. */
const latin1: ReadonlySet<number> = new Set([
  tags.printableString,
  tags.teletexString,
  tags.ia5String,
  tags.visibleString,
]);

/**
 * A distinguished name in a form that is equal when OpenSSL considers two names equal (`X509_NAME_cmp`): whatever string
 * types they use, in upper or lower case (ASCII only), and however many blanks they contain.
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
