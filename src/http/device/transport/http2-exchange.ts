import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { AnswerEnd } from './answer-end';
import type { Connection } from './connections';
import type { Exchange, ReplyHeaders } from './exchange';
import { abortStream } from './http2-streams';
import { namesOneHost } from './named-host';
import { checkDeclaredLength, readStream } from './read-stream';

/**
 * An HTTP/2 stream as an exchange, on Node's core API. The compatibility API ends a stream with a separate frame; libcurl then resets each
 * stream, and after 1,000 resets Node takes that for an attack and ends the connection.
 */
export class Http2Exchange implements Exchange {
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly #end: AnswerEnd;
  #sentStatus: number | undefined;

  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly request: IncomingHttpHeaders,
    readonly connection: Connection,
    private readonly raw: readonly string[],
  ) {
    const end = new AnswerEnd(connection);
    stream.once('close', () => end.close());
    this.#end = end;
    this.method = request[':method'] ?? '';
    this.target = request[':path'] ?? '/';
    this.authority = request[':authority'] ?? request.host;
  }

  get memory(): Exchange['memory'] {
    return this.#end.memory;
  }

  namesOneHost(): boolean {
    return namesOneHost(this.raw);
  }

  header(name: string): string | undefined {
    const value = this.request[name];
    return typeof value === 'string' ? value : undefined;
  }

  rawHeaders(): readonly string[] {
    return this.raw;
  }

  async readBody(limitBytes: number, timeoutMs: number): Promise<Buffer> {
    checkDeclaredLength(this.request['content-length'], limitBytes);
    return readStream(this.stream, limitBytes, timeoutMs);
  }

  send(
    status: number,
    headers: ReplyHeaders,
    body?: Buffer | string,
    onSent?: (error?: Error | null) => void,
  ): void {
    if (this.#isGone) return;
    const { stream } = this;
    const isBodiless = body === undefined || body.length === 0 || this.method === 'HEAD';
    this.#respond(status, headers, isBodiless);
    if (!isBodiless) stream.end(body, onSent);
    // The answer is complete, so the rest of the request is not needed (RFC 9113, section 8.1).
    if (!stream.endAfterHeaders && !stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  begin(status: number, headers: ReplyHeaders): ServerHttp2Stream {
    if (!this.#isGone) this.#respond(status, headers, false);
    return this.stream;
  }

  status(): number | undefined {
    return this.#sentStatus;
  }

  abort(): void {
    abortStream(this.stream);
  }

  onClose(callback: () => void): void {
    this.#end.onClose(callback);
  }

  get #isGone(): boolean {
    return this.stream.destroyed || this.stream.closed;
  }

  #respond(status: number, headers: ReplyHeaders, endStream: boolean): void {
    this.#sentStatus = status;
    this.stream.respond({ ':status': status, ...headers }, { endStream }); // the spread last, as in send-bundle.ts
  }
}
