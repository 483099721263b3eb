import type { Readable } from 'node:stream';
import { DomainError } from '../../core/errors';

/** A report is sent at once; who takes longer has stalled. */
const timeoutMs = 60_000;

/**
 * Reads a small body.
 * @throws DomainError `too-large`; `invalid-input` when it does not come to its end
 */
export function readStream(stream: Readable, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stream.off('data', take).off('end', end).off('error', cut).off('close', cut);
      settle();
    };
    const take = (piece: Buffer) => {
      sizeBytes += piece.length;
      if (sizeBytes <= limitBytes) pieces.push(piece);
      else {
        finish(() => reject(new DomainError('too-large', `the body is longer than ${limitBytes} bytes`)));
        stream.resume(); // the rest is dropped, so that the device gets to see the answer
      }
    };
    const end = () => finish(() => resolve(Buffer.concat(pieces)));
    const cut = () => finish(() => reject(new DomainError('invalid-input', 'the body was cut short')));
    const timer = setTimeout(cut, timeoutMs);
    stream.on('data', take).on('end', end).on('error', cut).on('close', cut);
  });
}
