import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';

const pieceBytes = 1 << 20;
const pattern = randomBytes(pieceBytes);

/** Bytes of which no two pieces of 1 MiB are the same, without memory for all of them. */
export function stampedStream(sizeBytes: number): Readable {
  return Readable.from(pieces(sizeBytes));
}

/** The same bytes, from the middle. */
export function stampedBytes(position: number, length: number): Buffer {
  const first = Math.floor(position / pieceBytes);
  const last = Math.floor((position + length - 1) / pieceBytes);
  const all = Buffer.concat(Array.from({ length: last - first + 1 }, (_, index) => piece(first + index)));
  return all.subarray(position - first * pieceBytes).subarray(0, length);
}

function* pieces(sizeBytes: number): Generator<Buffer> {
  for (let at = 0; at < sizeBytes; at += pieceBytes) yield piece(at / pieceBytes).subarray(0, sizeBytes - at);
}

function piece(number: number): Buffer {
  const copy = Buffer.from(pattern);
  copy.writeUInt32LE(number);
  return copy;
}
