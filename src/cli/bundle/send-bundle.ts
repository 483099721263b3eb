import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { DomainError } from '../../core/errors';
import type { AdminClient } from '../kernel/admin-client';
import { leavesOpen, LostAnswer } from './lost-answer';
import { connectionFailure } from '../kernel/connection-failure';
import { readAnswer } from '../kernel/server-answer';

export interface BundleUpload {
  readonly name: string;
  readonly content: Readable;
  /** `null` when unknown: the bundle is then sent in chunks (RFC 9112, section 7.1). */
  readonly sizeBytes: number | null;
  /** Text fields of the form; they go before the file, so that a refusal can come early. */
  readonly fields: Readonly<Record<string, string>>;
  /** Random, because it must not occur in the file. */
  readonly boundary: string;
  readonly onProgress: (sentBytes: number, isAll: boolean) => void;
}

/** How long to wait for the server's 100 Continue before sending the body (the same as curl). */
const continueTimeoutMs = 1_000;

/**
 * Streams a bundle to `POST /upload` as multipart/form-data (RFC 7578), holding only a piece of it at a time. `Expect:
 * 100-continue` (RFC 9110 section 10.1.1) lets the server refuse before gigabytes are sent. If it refuses during the
 * transfer, sending stops.
 * @throws ServerRefusal, DomainError `unavailable`; LostAnswer when everything was sent and no answer came back;
 * `invalid-input` when the file shrinks meanwhile, or standard input is empty
 */
export async function sendBundle(client: AdminClient, upload: BundleUpload): Promise<unknown> {
  const { sizeBytes, boundary, onProgress } = upload;
  const head = Buffer.from(formHead(upload));
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const request = client.request('POST', '/upload', {
    'Content-Type': `multipart/form-data; boundary=${boundary}`,
    ...(sizeBytes === null
      ? { 'Transfer-Encoding': 'chunked' }
      : { 'Content-Length': String(head.length + sizeBytes + tail.length) }),
    Expect: '100-continue',
    // A server closes a connection that is not kept alive right after its answer. Data still in transit would then make
    // the system discard that answer (RFC 9112 section 9.6).
    Connection: 'keep-alive',
  });
  const exchange = new Exchange(request);
  const hash = createHash('sha256');
  let sentBytes = 0;
  let isSent = false;
  try {
    await exchange.mayStart();
    await exchange.write(head);
    for await (const piece of exchange.piecesOf(upload.content)) {
      await exchange.write(piece);
      hash.update(piece);
      sentBytes += piece.length;
      onProgress(sentBytes, sentBytes === sizeBytes);
    }
    if (!exchange.isOver) checkSent(upload, sentBytes);
    await exchange.write(tail);
    if (!exchange.isOver) {
      isSent = true;
      request.end();
      onProgress(sentBytes, true);
    }
    return await readAnswer(await exchange.answer, client.address);
  } catch (error) {
    const failure = await connectionFailure(error, client.address);
    throw isSent && leavesOpen(failure)
      ? new LostAnswer(failure, { sha256: hash.digest('hex'), sizeBytes: sentBytes })
      : failure;
  } finally {
    request.destroy();
  }
}

/** A request whose answer may come at any time, even before the body is sent. */
class Exchange {
  readonly answer: Promise<IncomingMessage>;
  /** Whether it was answered or failed: sending the rest is then useless. */
  isOver = false;
  /** Ends the current wait, if there is one. */
  #stopWaiting: () => void = () => undefined;

  constructor(private readonly request: ClientRequest) {
    this.answer = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).on('error', reject);
    });
    const end = () => {
      this.isOver = true;
      this.#stopWaiting();
    };
    this.answer.then(end, end);
  }

  /** Waits for 100 Continue; a server that does not support it gets the body after a moment. */
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

  /** The pieces of a stream, until there is an answer; it then stops waiting for the next piece. */
  async *piecesOf(content: Readable): AsyncGenerator<Buffer> {
    const pieces = content[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    while (!this.isOver) {
      const next = await this.orOver(pieces.next());
      if (next?.value === undefined) return;
      yield next.value;
    }
  }

  private orOver<Result>(event: Promise<Result>): Promise<Result | undefined> {
    return new Promise((resolve, reject) => {
      this.#stopWaiting = () => resolve(undefined);
      event.then(resolve, reject);
      if (this.isOver) resolve(undefined);
    });
  }
}

/** Bundle names are plain ASCII without quotes, and fields have no line breaks: nothing needs escaping. */
function formHead({ name, fields, boundary }: BundleUpload): string {
  const parts = Object.entries(fields).map(
    ([field, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--${boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`;
}

/** @throws DomainError `invalid-input` */
function checkSent({ name, sizeBytes }: BundleUpload, sentBytes: number): void {
  if (sizeBytes === null && sentBytes === 0) {
    throw new DomainError('invalid-input', 'standard input is empty', { details: { file: '-' } });
  }
  if (sizeBytes === null || sentBytes === sizeBytes) return;
  throw new DomainError('invalid-input', `${name} shrank during the upload`, {
    remedy: 'Wait until the build has finished writing it, then upload it again.',
    details: { file: name },
  });
}
