import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { DomainError } from '../../core/errors';
import type { AdminClient } from '../kernel/admin-client';
import { leavesOpen, LostAnswer } from './lost-answer';
import { connectionFailure } from '../kernel/connection-failure';
import { readAnswer } from '../kernel/server-answer';

export interface BundleUpload {
  readonly name: string;
  readonly file: FileHandle;
  readonly sizeBytes: number;
  /** Text fields of the form; they go before the file, so that a refusal can come early. */
  readonly fields: Readonly<Record<string, string>>;
  /** Must not be in the file: random. */
  readonly boundary: string;
  readonly onProgress: (sentBytes: number) => void;
}

/** How long to wait for the server's word before the body is sent (curl waits as long). */
const continueTimeoutMs = 1_000;
const pieceSizeBytes = 256 * 1024;

/**
 * Streams a bundle to `POST /upload` as multipart/form-data (RFC 7578), without ever holding more than a piece of it.
 * `Expect: 100-continue` (RFC 9110 section 10.1.1) lets the server refuse before gigabytes travel; it may also refuse
 * while they do, and then the sending stops.
 * @throws ServerRefusal, DomainError `unavailable`; LostAnswer when all was sent and the server's word did not come back;
 * `invalid-input` when the file gets shorter meanwhile
 */
export async function sendBundle(client: AdminClient, upload: BundleUpload): Promise<unknown> {
  const head = Buffer.from(formHead(upload));
  const tail = Buffer.from(`\r\n--${upload.boundary}--\r\n`);
  const request = client.request('POST', '/upload', {
    'Content-Type': `multipart/form-data; boundary=${upload.boundary}`,
    'Content-Length': String(head.length + upload.sizeBytes + tail.length),
    Expect: '100-continue',
    // A server closes a connection that is not kept right after its answer, and what is still on its way to it then
    // makes the system throw that answer away (RFC 9112 section 9.6).
    Connection: 'keep-alive',
  });
  const exchange = new Exchange(request);
  const hash = createHash('sha256');
  let isSent = false;
  try {
    await exchange.mayStart();
    await exchange.write(head);
    for (let sent = 0; sent < upload.sizeBytes && !exchange.isOver;) {
      const piece = await readPiece(upload, sent);
      await exchange.write(piece);
      hash.update(piece);
      sent += piece.length;
      upload.onProgress(sent);
    }
    await exchange.write(tail);
    if (!exchange.isOver) {
      isSent = true;
      request.end();
    }
    return await readAnswer(await exchange.answer, client.address);
  } catch (error) {
    const failure = await connectionFailure(error, client.address);
    throw isSent && leavesOpen(failure) ? new LostAnswer(failure, hash.digest('hex')) : failure;
  } finally {
    request.destroy();
  }
}

/** A request whose answer may come at any time, also before the body is sent. */
class Exchange {
  readonly answer: Promise<IncomingMessage>;
  /** Answered or failed: what is still to be sent is of no use. */
  isOver = false;

  constructor(private readonly request: ClientRequest) {
    this.answer = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject);
    });
    const end = () => {
      this.isOver = true;
    };
    this.answer.then(end, end);
  }

  /** Waits for 100 Continue; a server that does not know it gets the body after a moment. */
  async mayStart(): Promise<void> {
    const cancel = new AbortController();
    const timer = setTimeout(() => cancel.abort(), continueTimeoutMs);
    await this.orOver(once(this.request, 'continue', { signal: cancel.signal }).catch(() => undefined));
    clearTimeout(timer);
    cancel.abort();
  }

  /** Writes and waits until there is room again. */
  async write(piece: Buffer): Promise<void> {
    if (this.isOver || this.request.write(piece)) return;
    const cancel = new AbortController();
    await this.orOver(once(this.request, 'drain', { signal: cancel.signal }).catch(() => undefined));
    cancel.abort();
  }

  private async orOver(event: Promise<unknown>): Promise<void> {
    await Promise.race([event, this.answer.catch(() => undefined)]);
  }
}

/** Bundle names are plain ASCII without quotes, and fields have no line ends: nothing needs escaping. */
function formHead({ name, fields, boundary }: BundleUpload): string {
  const parts = Object.entries(fields).map(
    ([field, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--${boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
}

/** Reads up to the size announced, even when the file grows meanwhile. */
async function readPiece({ file, sizeBytes, name }: BundleUpload, position: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(pieceSizeBytes, sizeBytes - position));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
  if (bytesRead === 0) {
    throw new DomainError('invalid-input', `${name} became shorter while it was sent`, {
      remedy: 'Wait until the build is done with it, then upload it again.',
      details: { file: name },
    });
  }
  return buffer.subarray(0, bytesRead);
}
