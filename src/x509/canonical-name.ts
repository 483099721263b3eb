import { readElements, tags } from './element';

/** How the octets of a string are read (X.690, section 8.23). */
const decoders: Readonly<Record<number, (octets: Buffer) => string>> = {
  0x0c: (octets) => octets.toString('utf8'),
  0x13: (octets) => octets.toString('latin1'), // PrintableString
  0x14: (octets) => octets.toString('latin1'), // TeletexString
  0x16: (octets) => octets.toString('latin1'), // IA5String
  0x1a: (octets) => octets.toString('latin1'), // VisibleString
  [tags.bmpString]: (octets) => Buffer.from(octets).swap16().toString('utf16le'),
};

/**
 * A distinguished name in a form that is equal where OpenSSL takes two names for one (`X509_NAME_cmp`): whatever kinds
 * of strings they are made of, capital or small (ASCII alone), and however many blanks are in them.
 * @param der a Name (RFC 5280, section 4.1.2.4)
 */
export function canonicalName(der: Buffer): string {
  const parts = readElements(der).flatMap((name) => readElements(name.content));
  return parts.map(({ content }) => readElements(content).map(canonicalAttribute).sort().join('+')).join(',');
}

function canonicalAttribute({ content }: { readonly content: Buffer }): string {
  const [type, value] = readElements(content);
  if (type === undefined || value === undefined) return '';
  const decode = decoders[value.identifier];
  const text =
    decode === undefined
      ? value.raw.toString('hex')
      : JSON.stringify(
          decode(value.content)
            .replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
            .split(/[ \t\n\v\f\r]+/)
            .filter((word) => word !== '')
            .join(' '),
        );
  return `${type.content.toString('hex')}=${text}`;
}
