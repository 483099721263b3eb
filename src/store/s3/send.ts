import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import { S3Error } from './s3-error';

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** As it was signed: not encoded again. */
  readonly path: string;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body?: Uint8Array | undefined;
  /** A longer answer is an error, unless it is a refusal. */
  readonly maxBytes: number;
  /** The longest time without sending or receiving anything, in milliseconds. */
  readonly silenceMs: number;
  /** How long the whole request may take, in milliseconds. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Connections that are kept for the next request. */
export class Connections {
  readonly #plain = new http.Agent(agentOptions);
  readonly #secure: https.Agent;

  /** @param ca PEM of the only CAs to trust; `null` for those that Node trusts */
  constructor(ca: string | null = null) {
    this.#secure = new https.Agent({ ...agentOptions, ...(ca === null ? {} : { ca }) });
  }

  /** Sends a request and receives the whole answer. @throws S3Error without a status when there is none */
  send({
    url,
    method,
    path,
    headers,
    body,
    maxBytes,
    silenceMs,
    limitMs,
    signal,
  }: HttpRequest): Promise<HttpAnswer> {
    const isSecure = url.protocol === 'https:';
    const options: https.RequestOptions = {
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      method,
      path,
      headers,
      agent: isSecure ? this.#secure : this.#plain,
      timeout: silenceMs,
      ...(signal === undefined ? {} : { signal }),
    };
    return new Promise((resolve, reject) => {
      const request = (isSecure ? https : http).request(options);
      const late = () => request.destroy(new S3Error(0, 'ETIMEDOUT'));
      // Not counted while it waits for a connection: requests that take too long end, and free theirs.
      request.once('socket', () => {
        const limit = setTimeout(late, limitMs);
        request.once('close', () => clearTimeout(limit));
      });
      const fail = (error: NodeJS.ErrnoException) =>
        reject(
          error instanceof S3Error ? error : new S3Error(0, error.code ?? error.message, { cause: error }),
        );
      request.once('error', fail);
      request.once('timeout', late);
      request.once('response', (answer) => {
        answer.once('error', fail);
        const isRefusal = (answer.statusCode ?? 0) >= 400;
        receive(answer, isRefusal ? Math.max(maxBytes, refusalBytes) : maxBytes).then(resolve, fail);
      });
      request.end(body);
    });
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

/** Room for a refusal's reason, which may be longer than the range that was asked for. */
const refusalBytes = 64 << 10;

const agentOptions: https.AgentOptions = { keepAlive: true, maxSockets: 16, maxFreeSockets: 8 };

async function receive(answer: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxBytes) throw new S3Error(0, 'the answer is too long');
    pieces.push(piece);
  }
  if (!answer.complete) throw new S3Error(0, 'ECONNRESET');
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces, length) };
}
