import type { Readable } from 'node:stream';
import { DomainError } from '../../../core/errors';

/** @throws DomainError `too-large` for a body that says itself that it is: then none of it is read */
export function checkDeclaredLength(contentLength: string | undefined, limitBytes: number): void {
  if (Number(contentLength ?? 0) > limitBytes) throw tooLarge(limitBytes);
}

/**
 * Reads a small body.
 * @throws DomainError `too-large`; `invalid-input` when it does not come to its end
 */
export function readStream(stream: Readable, limitBytes: number, timeoutMs: number): Promise<Buffer> {
  if (stream.readableEnded) return Promise.resolve(Buffer.alloc(0)); // it was empty, and its end came with the headers
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
      stream.resume(); // the rest is dropped, so that the device gets to see the answer
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
    if (stream.readableEnded) end(); // before anybody heard of it, as of a request without a body over HTTP/2
  });
}

function tooLarge(limitBytes: number): DomainError {
  return DomainError.of('body-too-long', { limitBytes });
}
