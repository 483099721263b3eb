import type { Writable } from 'node:stream';
import type { AnswerMemory } from './answer-memory';
import type { Connection } from './connections';

/** Names in lower case, as HTTP/2 demands. */
export type ReplyHeaders = Readonly<Record<string, string | number>>;

/** One request and the way to answer it: the same for HTTP/1.1 and HTTP/2. Everything a device says is untrusted. */
export interface Exchange {
  readonly connection: Connection;
  /** What the answer holds of a bundle; closed with the exchange. */
  readonly memory: AnswerMemory;
  readonly method: string;
  /** Path and query, beginning with `/`; percent-encoded. */
  readonly target: string;
  /** Host and port that the device used, as it says. */
  readonly authority: string | undefined;
  /** Whether the request names one host, and not a second one beside it. */
  namesOneHost(): boolean;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /** Names and values of all headers in turn as they came, also those that came more than once. */
  rawHeaders(): readonly string[];
  /**
   * Reads the body.
   * @param timeoutMs for all of it
   * @throws DomainError `too-large`; `invalid-input` when it does not come to its end
   */
  readBody(limitBytes: number, timeoutMs: number): Promise<Buffer>;
  /** Sends a whole answer. The body is left out for HEAD. */
  send(status: number, headers: ReplyHeaders, body?: Buffer): void;
  /**
   * Sends the headers; the body goes through the writable. Its last piece must come with `end`: then the end of an
   * HTTP/2 stream travels in the same frame (see docs/adr/0001-one-listener-for-http1-and-http2.md).
   */
  begin(status: number, headers: ReplyHeaders): Writable;
  /** Of the answer; `undefined` as long as no headers went out. */
  status(): number | undefined;
  /** Ends without a proper end, so that nobody takes what was sent for the whole. */
  abort(): void;
  /** Calls back once, when the answer is out or the device is gone. */
  onClose(callback: () => void): void;
}
