import { circumstance } from '../core/circumstances/catalogue';
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
    throw new BrokenBundle('too-short', circumstance('file-too-short', { sizeBytes: source.sizeBytes }));
  }
  const trailer = await source.read(source.sizeBytes - trailerSizeBytes, trailerSizeBytes);
  const declared = trailer.readBigUInt64BE();
  if (declared === 0n) throw new BrokenBundle('signature-length', circumstance('signature-length-zero'));
  const available = source.sizeBytes - trailerSizeBytes;
  if (declared > BigInt(available)) {
    throw new BrokenBundle('signature-length', circumstance('signature-beyond-file'));
  }
  if (declared > BigInt(maxSignatureSizeBytes)) {
    throw new BrokenBundle(
      'signature-length',
      circumstance('signature-too-long', {
        sizeBytes: Number(declared), // no more than the file has
        limitBytes: maxSignatureSizeBytes,
      }),
    );
  }
  const signatureSizeBytes = Number(declared);
  const payloadSizeBytes = available - signatureSizeBytes;
  if (payloadSizeBytes === 0) throw new BrokenBundle('no-payload', circumstance('payload-missing'));
  if (payloadSizeBytes % blockSizeBytes !== 0) {
    throw new BrokenBundle(
      'payload-alignment',
      circumstance('payload-not-in-blocks', { sizeBytes: payloadSizeBytes, blockBytes: blockSizeBytes }),
    );
  }
  return { payloadSizeBytes, signatureSizeBytes };
}
