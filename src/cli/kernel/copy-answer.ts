import type { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import type { AdminClient } from './admin-client';
import { connectionFailure } from './connection-failure';
import { printable } from './printable';
import { readAnswer } from './server-answer';
import type { Output } from './wiring';

/** A server that is silent for this long is dead. */
const silenceLimitMs = 60_000;

/**
 * Writes the server's answer as it arrives, no faster than it is read. Control characters never reach a terminal. It
 * ends when the reader leaves (`| head`).
 * @throws ServerRefusal; DomainError `unavailable` also when the answer was cut short
 */
export async function copyAnswer(
  client: Pick<AdminClient, 'request' | 'address'>,
  path: string,
  output: Output,
): Promise<void> {
  const request = client.request('GET', path);
  request.setTimeout(silenceLimitMs);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject).end();
    });
    if (response.statusCode !== 200) throw await refusalOf(response, client.address);
    const decoder = new StringDecoder();
    for await (const piece of response as AsyncIterable<Buffer>) {
      const shown = output.isTTY === true ? printable(decoder.write(piece).replaceAll('\r', '')) : piece;
      if (!(await isTaken(output, shown))) return;
    }
  } catch (error) {
    throw await connectionFailure(error, client.address);
  } finally {
    request.destroy();
  }
}

/** What the server says instead, such as a problem document. */
async function refusalOf(response: IncomingMessage, address: string): Promise<unknown> {
  const { statusCode: status = 0 } = response;
  try {
    await readAnswer(response, address);
  } catch (error) {
    return error;
  }
  return new DomainError('unavailable', `${address} answered with HTTP ${status} instead of the file`, {
    remedy: 'Check the address and the proxies between here and the server.',
    details: { status },
  });
}

/** @returns false when the reader is gone */
function isTaken(output: Output, piece: string | Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    output.write(piece, (error) => {
      if (error === null || error === undefined) resolve(true);
      else if (systemErrorCode(error) === 'EPIPE') resolve(false);
      else reject(error);
    });
  });
}
