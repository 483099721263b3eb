import { circumstance } from '../core/circumstances/catalogue';
import { type AsnType, fromBER } from 'asn1js';
import { measure } from '../x509/bounds';
import { BrokenBundle, malformed, readOfSignature } from './broken';

/**
 * Parses BER that is exactly one element.
 * @throws BrokenBundle `signature-junk` for bytes after it, `signature-encoding` for any other fault
 */
export function parseBer(bytes: Buffer): AsnType {
  if (readOfSignature(() => measure(bytes, 'BER')) !== bytes.length)
    throw new BrokenBundle('signature-junk', circumstance('signature-followed'));
  const { offset, result } = fromBER(bytes);
  if (offset !== bytes.length) throw malformed(result.error || circumstance('not-ber'));
  return result;
}
