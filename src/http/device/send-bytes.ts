import type { Writable } from 'node:stream';
import type { BundleLease } from '../../services/read-bundle';
import type { Exchange, ReplyHeaders } from './exchange';
import type { ByteRange } from './range';

/**
 * What is read and written at once: RAUC's block reads fit in one piece, and a device that stalls holds no more than
 * one or two of them in memory.
 */
export const pieceSizeBytes = 256 << 10;

/**
 * Sends bytes of a bundle. The first piece is read before the headers, so that a failing disk is still a 500; later the
 * answer is aborted, never ended short.
 */
export async function sendBytes(
  exchange: Exchange,
  { status, headers }: { readonly status: number; readonly headers: ReplyHeaders },
  lease: Pick<BundleLease, 'read'>,
  { start, end }: ByteRange,
  onBytes: (count: number) => void,
): Promise<void> {
  const read = (at: number) => lease.read(at, Math.min(pieceSizeBytes, end + 1 - at));
  let piece = await read(start);
  if (piece.length === end - start + 1) {
    onBytes(piece.length);
    exchange.send(status, headers, piece);
    return;
  }
  const body = exchange.begin(status, headers);
  try {
    for (let at = start + piece.length; at <= end; at += piece.length) {
      const [next] = await Promise.all([read(at), write(body, piece)]);
      onBytes(piece.length);
      if (body.destroyed) return;
      piece = next;
    }
  } catch (error) {
    exchange.abort();
    throw error;
  }
  onBytes(piece.length);
  body.end(piece);
}

/** Waits until there is room again, or the device is gone. */
function write(body: Writable, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (body.destroyed || body.write(piece)) {
      resolve();
      return;
    }
    const done = () => {
      body.off('drain', done);
      body.off('close', done);
      resolve();
    };
    body.once('drain', done);
    body.once('close', done);
  });
}
