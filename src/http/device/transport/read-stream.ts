import type { Readable } from 'node:stream';
import { DomainError } from '../../../core/errors';

/** Refuses a body by its declared length, before reading any of it. @throws DomainError `too-large` */
export function checkDeclaredLength(contentLength: string | undefined, limitBytes: number): void {
  if (Number(contentLength ?? 0) > limitBytes) throw tooLarge(limitBytes);
}

/**
 * Reads a small body.
 * @throws DomainError `too-large`; `invalid-input` if it is cut off
 */
export function readStream(stream: Readable, limitBytes: number, timeoutMs: number): Promise<Buffer> {
  if (stream.readableEnded) return Promise.resolve(Buffer.alloc(0)); // an empty body that ended with the headers
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stream.off('data', take).off('end', end).off('error', cut).off('close', cut);
      settle();
    };
    const refuse = (error: DomainError) => {
      finish(() => reject(error));
      stream.resume(); // discards the rest, so that the device sees the answer
    };
    const take = (piece: Buffer) => {
      sizeBytes += piece.length;
      if (sizeBytes <= limitBytes) pieces.push(piece);
      else refuse(tooLarge(limitBytes));
    };
    const end = () => finish(() => resolve(Buffer.concat(pieces)));
    const cut = () => refuse(DomainError.of('body-cut-short'));
    const timer = setTimeout(() => refuse(DomainError.of('body-too-slow')), timeoutMs);
    stream.on('data', take).on('end', end).on('error', cut).on('close', cut);
    if (stream.readableEnded) end(); // before a listener was added, as for a request without a body over HTTP/2
  });
}

function tooLarge(limitBytes: number): DomainError {
  return DomainError.of('body-too-long', { limitBytes });
}
