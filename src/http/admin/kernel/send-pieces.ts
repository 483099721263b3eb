import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { systemErrorCode } from '../../../base/files/system-error';

/**
 * Sends an answer piece by piece, as fast as its reader takes it: the next piece is made when there is room for it. It
 * stops when the reader disconnects. A failure after the first piece cuts the connection, so that a partial answer does
 * not look complete.
 * @throws what making the first piece throws; nothing has been sent yet
 */
export async function sendPieces(
  response: Response,
  headers: Readonly<Record<string, string>>,
  pieces: AsyncGenerator<string, void>,
): Promise<void> {
  const first = await pieces.next();
  response.set(headers);
  if (response.req.method === 'HEAD') {
    await pieces.return();
    response.end();
    return;
  }
  try {
    await pipeline(Readable.from(startingWith(first, pieces)), response);
  } catch (error) {
    if (!isReaderGone(error)) throw error;
  }
}

async function* startingWith(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void>,
): AsyncGenerator<string, void> {
  try {
    if (first.done !== true) yield first.value;
    yield* rest;
  } finally {
    await rest.return();
  }
}

const goneCodes: readonly (string | undefined)[] = ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE'];

function isReaderGone(error: unknown): boolean {
  return goneCodes.includes(systemErrorCode(error));
}
