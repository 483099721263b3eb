import { decodeUtf8 } from '../base/text/utf8';
import type { Element } from './element';
import { tags } from './tags';

/** Decodes the octets of a string (X.690, section 8.23); `undefined` when they are not in the declared encoding. */
const decoders: Readonly<Record<number, (octets: Buffer) => string | undefined>> = {
  [tags.utf8String]: (octets) => decodeUtf8(octets, 'keep'),
  [tags.numericString]: decodeAscii,
  [tags.printableString]: decodeAscii,
  [tags.teletexString]: decodeAscii,
  [tags.ia5String]: decodeAscii,
  [tags.visibleString]: decodeAscii,
  [tags.bmpString]: decodeUtf16,
  [tags.universalString]: decodeUtf32,
};

/**
 * DirectoryString and IA5String (RFC 5280, section 4.1.2.4). Teletex is read as ASCII, because implementations disagree
 * on the rest.
 * @returns `undefined` when it is not text
 */
export function decodeText({ tag, content }: Element): string | undefined {
  return decoders[tag]?.(content);
}

function decodeAscii(octets: Buffer): string | undefined {
  return octets.every((octet) => octet < 0x80) ? octets.toString('latin1') : undefined;
}

function decodeUtf16(octets: Buffer): string | undefined {
  if (octets.length % 2 !== 0) return undefined;
  try {
    const decoder = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true });
    return decoder.decode(Buffer.from(octets).swap16());
  } catch {
    return undefined;
  }
}

function decodeUtf32(octets: Buffer): string | undefined {
  if (octets.length % 4 !== 0) return undefined;
  let text = '';
  for (let at = 0; at < octets.length; at += 4) {
    const point = octets.readUInt32BE(at);
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined;
    text += String.fromCodePoint(point);
  }
  return text;
}
