import { FileHashes } from '../base/files/file-hashes';
import type { WeakHashes } from '../core/bundle';
import type { BundleSource } from './source';

/** Hashes of a whole bundle. */
export interface BundleHashes {
  readonly sha256: string;
  readonly weakHashes: WeakHashes;
}

const pieceSizeBytes = 1 << 20;

/** Reads and hashes a whole bundle. */
export async function hashBundle(source: BundleSource): Promise<BundleHashes> {
  const hashes = new FileHashes();
  const memory = Buffer.allocUnsafe(pieceSizeBytes);
  for (let at = 0; at < source.sizeBytes; at += pieceSizeBytes)
    hashes.update(await source.read(at, Math.min(pieceSizeBytes, source.sizeBytes - at), memory));
  return hashes.digest();
}
