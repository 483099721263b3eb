import type { Bundle } from './bundle';

/** Bytes `start` to `end`, both included. */
export interface AskedBytes {
  readonly start: number;
  readonly end: number;
}

/**
 * Why a device asks for bytes of a bundle: `payload` to install it, `signature` to judge it. RAUC's poll reads the first bytes,
 * and the length of the signature at the end.
 */
export type BundlePart = 'payload' | 'signature' | 'other';

export function partOf({ sizeBytes, inspection }: Bundle, { start, end }: AskedBytes): BundlePart {
  const { payloadSizeBytes } = inspection;
  if (start < (payloadSizeBytes ?? sizeBytes)) return end - start >= 4 ? 'payload' : 'other';
  // The CMS is between the payload and the trailer of eight bytes; RAUC asks for all of it at once.
  return start === payloadSizeBytes && end >= sizeBytes - 9 ? 'signature' : 'other';
}
