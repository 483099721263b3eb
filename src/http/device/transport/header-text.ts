import { decodeUtf8 } from '../../../base/text/utf8';

/** Decodes a header, whose bytes Node returns as Latin-1. @returns `undefined` if it is not UTF-8 */
export function headerText(header: string): string | undefined {
  if (/^[\x20-\x7e]*$/.test(header)) return header;
  return decodeUtf8(Buffer.from(header, 'latin1'));
}
