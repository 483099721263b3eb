import { BrokenBundle } from './broken';
import { maxSignatureSizeBytes } from './limits';
import type { BundleSource } from './source';

/** Where the parts of a bundle file are: payload, CMS, and the 8 bytes that hold the length of the CMS. */
export interface Trailer {
  readonly payloadSizeBytes: number;
  readonly signatureSizeBytes: number;
}

const trailerSizeBytes = 8;

const blockSizeBytes = 4096;

/**
 * Reads the trailer: an unsigned 64-bit big-endian length of the CMS before it (RAUC reference, "Bundle format").
 * @throws BrokenBundle when the parts do not fit into the file, or the payload does not consist of whole blocks
 */
export async function readTrailer(source: BundleSource): Promise<Trailer> {
  if (source.sizeBytes < trailerSizeBytes) {
    throw new BrokenBundle('too-short', `the file has ${source.sizeBytes} bytes: too few for a bundle`);
  }
  const trailer = await source.read(source.sizeBytes - trailerSizeBytes, trailerSizeBytes);
  const declared = trailer.readBigUInt64BE();
  if (declared === 0n) throw new BrokenBundle('signature-length', 'the file ends in a signature length of 0');
  const available = source.sizeBytes - trailerSizeBytes;
  if (declared > BigInt(available)) {
    throw new BrokenBundle(
      'signature-length',
      'the signature length at the end is larger than the file: it was cut short, or is no bundle',
    );
  }
  if (declared > BigInt(maxSignatureSizeBytes)) {
    throw new BrokenBundle(
      'signature-length',
      `the signature has ${declared.toString()} bytes; devices accept ${maxSignatureSizeBytes}`,
    );
  }
  const signatureSizeBytes = Number(declared);
  const payloadSizeBytes = available - signatureSizeBytes;
  if (payloadSizeBytes === 0)
    throw new BrokenBundle('no-payload', 'the bundle has a signature but no payload');
  if (payloadSizeBytes % blockSizeBytes !== 0) {
    throw new BrokenBundle(
      'payload-alignment',
      `the payload has ${payloadSizeBytes} bytes, not a multiple of ${blockSizeBytes}`,
    );
  }
  return { payloadSizeBytes, signatureSizeBytes };
}
