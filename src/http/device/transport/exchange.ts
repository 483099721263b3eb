import type { Writable } from 'node:stream';
import type { AnswerMemory } from './answer-memory';
import type { Connection } from './connections';

/** Names are in lower case, as HTTP/2 demands. */
export type ReplyHeaders = Readonly<Record<string, string | number>>;

/** One request and the way to answer it, the same for HTTP/1.1 and HTTP/2. Everything that a device sends is untrusted. */
export interface Exchange {
  readonly connection: Connection;
  /** The memory of the answer; closed with the exchange. */
  readonly memory: AnswerMemory;
  readonly method: string;
  /** Path and query, beginning with `/`; percent-encoded. */
  readonly target: string;
  /** Host and port that the device used, as it claims. */
  readonly authority: string | undefined;
  /** Whether the request names exactly one host. */
  namesOneHost(): boolean;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /** Names and values of all headers in turn, as received, including repeated ones. */
  rawHeaders(): readonly string[];
  /**
   * Reads the body.
   * @param timeoutMs for all of it
   * @throws DomainError `too-large`; `invalid-input` if it is cut off
   */
  readBody(limitBytes: number, timeoutMs: number): Promise<Buffer>;
  /**
   * Sends a complete answer, without the body for HEAD.
   * @param body text is sent as UTF-8, over HTTP/1.1 in one piece with the headers
   * @param onSent called when the body was sent, or sending it failed; not always called when the device is gone
   */
  send(
    status: number,
    headers: ReplyHeaders,
    body?: Buffer | string,
    onSent?: (error?: Error | null) => void,
  ): void;
  /**
   * Sends the headers; the body goes through the writable. Pass its last piece to `end`, so that the end of an HTTP/2 stream is in the
   * same frame (see docs/adr/0001-one-listener-for-http1-and-http2.md).
   */
  begin(status: number, headers: ReplyHeaders): Writable;
  /** Status of the answer; `undefined` until its headers are sent. */
  status(): number | undefined;
  /** Breaks the answer off, so that the client cannot take it for complete. */
  abort(): void;
  /** Calls back once, when the answer has been sent or the device is gone. */
  onClose(callback: () => void): void;
}
