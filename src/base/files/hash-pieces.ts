import { createHash } from 'node:crypto';

const pieceBytes = 1 << 20;

/** Bytes that can be read at any place. */
export interface ReadableBytes {
  readonly sizeBytes: number;
  /** Reads exactly `length` bytes. */
  read(position: number, length: number): Promise<Uint8Array>;
}

/**
 * Reads bytes piece by piece, and hashes them.
 * @param take receives each piece before the next is read
 * @returns their SHA-256, in lower-case hex
 */
export async function hashPieces(
  bytes: ReadableBytes,
  take: (piece: Uint8Array) => Promise<void> | void = () => undefined,
): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.sizeBytes; at += pieceBytes) {
    const piece = await bytes.read(at, Math.min(pieceBytes, bytes.sizeBytes - at));
    hash.update(piece);
    await take(piece);
  }
  return hash.digest('hex');
}
