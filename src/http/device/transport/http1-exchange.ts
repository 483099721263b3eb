import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../../../core/errors';
import { AnswerEnd } from './answer-end';
import type { Connection } from './connections';
import type { Exchange, ReplyHeaders } from './exchange';
import { namesOneHost } from './named-host';
import { checkDeclaredLength, readStream } from './read-stream';

/** An HTTP/1.1 request as an exchange. */
export class Http1Exchange implements Exchange {
  readonly method: string;
  readonly target: string;
  readonly authority: string | undefined;
  readonly #end: AnswerEnd;
  /** Set when the rest of the body could not be told apart from the next request. */
  #isGivenUp = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    readonly connection: Connection,
  ) {
    // A device that leaves is not our error.
    response.on('error', ignore);
    const end = new AnswerEnd(connection);
    response.once('close', () => end.close());
    this.#end = end;
    this.method = request.method ?? '';
    this.target = targetOf(request);
    this.authority = request.headers.host;
  }

  get memory(): Exchange['memory'] {
    return this.#end.memory;
  }

  namesOneHost(): boolean {
    const { rawHeaders, url = '' } = this.request;
    return namesOneHost(
      rawHeaders,
      url.startsWith('/') ? undefined : absoluteForm.exec(url)?.groups?.['host'],
    );
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return typeof value === 'string' ? value : undefined;
  }

  rawHeaders(): readonly string[] {
    return this.request.rawHeaders;
  }

  async readBody(limitBytes: number, timeoutMs: number): Promise<Buffer> {
    const { headers } = this.request;
    const asksFirst = headers.expect !== undefined;
    try {
      checkDeclaredLength(headers['content-length'], limitBytes);
    } catch (error) {
      this.#isGivenUp = asksFirst; // then no body was sent, and none needs to be
      throw error;
    }
    if (asksFirst) this.response.writeContinue();
    return readStream(this.request, limitBytes, timeoutMs).catch((error: unknown) => {
      this.#isGivenUp = error instanceof DomainError && error.code === 'invalid-input';
      throw error;
    });
  }

  send(status: number, headers: ReplyHeaders, body?: Buffer | string, onSent?: () => void): void {
    this.begin(status, headers).end(body, onSent);
  }

  begin(status: number, headers: ReplyHeaders): ServerResponse {
    if (this.connection.isEnding || this.#isGivenUp) this.response.shouldKeepAlive = false;
    return this.response.writeHead(status, headers);
  }

  status(): number | undefined {
    return this.response.headersSent ? this.response.statusCode : undefined;
  }

  abort(): void {
    this.response.destroy();
  }

  onClose(callback: () => void): void {
    this.#end.onClose(callback);
  }
}

const ignore = () => undefined;
const absoluteForm = /^https:\/\/(?<host>[^/?#]*)(?<rest>.*)$/i;

/** Path and query of a request, beginning with `/`. */
export function targetOf({ url }: Pick<IncomingMessage, 'url'>): string {
  return originForm(url ?? '');
}

/** The absolute form is for proxies, but servers must accept it too (RFC 9112, section 3.2.2). */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = absoluteForm.exec(target)?.groups?.['rest'] ?? target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
