import type { Writable } from 'node:stream';
import type { BundleLease } from '../../../services/catalog/read-bundle';
import type { Exchange, ReplyHeaders } from '../transport/exchange';
import type { SendPace } from '../transport/send-pace';
import type { ByteRange } from '../../range';

/**
 * Sends bytes of a bundle. Each piece waits for its turn before it is read (see send-memory.ts), and is as large as the
 * connection's pace allows (see send-pace.ts). The first one is read before the headers are sent, so that a failing
 * disk is still a 500; after that the answer is aborted, never ended short.
 * @returns whether all bytes were sent
 */
export async function sendBytes(
  exchange: Exchange,
  { status, headers }: { readonly status: number; readonly headers: ReplyHeaders },
  lease: Pick<BundleLease, 'readNow' | 'read'>,
  { start, end }: ByteRange,
  onBytes: (count: number) => void,
): Promise<boolean> {
  const { memory } = exchange;
  const { pace } = memory;
  const read = async (at: number, wantedBytes: number) => {
    const askedBytes = Math.min(wantedBytes, end + 1 - at);
    const grant = memory.takeNow(askedBytes) ?? (await memory.take(askedBytes));
    if (grant === undefined) return undefined;
    try {
      const buffer = memory.buffer(grant);
      const kept = lease.readNow(at, grant.bytes, buffer);
      const bytes = kept ?? (await lease.read(at, grant.bytes, buffer));
      return { bytes, leaving: () => memory.leaving(grant, buffer) };
    } catch (error) {
      grant.giveBack();
      throw error;
    }
  };
  let piece = await read(start, pace.firstPieceBytes(end - start + 1));
  if (piece === undefined) return false;
  if (piece.bytes.length === end - start + 1) {
    onBytes(piece.bytes.length);
    exchange.send(status, headers, piece.bytes, piece.leaving());
    return true;
  }
  const body = exchange.begin(status, headers);
  try {
    for (let at = start + piece.bytes.length; at <= end; at += piece.bytes.length) {
      const written = write(body, piece.bytes, piece.leaving(), pace);
      if (!pace.readsAhead) await written;
      const [next] = await Promise.all([read(at, pace.pieceBytes), written]);
      onBytes(piece.bytes.length);
      if (next === undefined) return false;
      piece = next;
    }
  } catch (error) {
    exchange.abort();
    throw error;
  }
  onBytes(piece.bytes.length);
  body.end(piece.bytes, piece.leaving());
  return true;
}

/** Waits until there is room again, or the device has left. */
function write(
  body: Writable,
  piece: Buffer,
  onWritten: (error?: Error | null) => void,
  pace: SendPace,
): Promise<void> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const taken = () => {
      pace.taken(piece.length, performance.now() - startedAt);
      resolve();
    };
    if (body.destroyed || body.write(piece, onWritten)) {
      taken();
      return;
    }
    const done = () => {
      body.off('drain', done);
      body.off('close', done);
      taken();
    };
    body.once('drain', done);
    body.once('close', done);
  });
}
