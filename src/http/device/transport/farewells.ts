import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  constants,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { RecentMap } from '../../../base/collections/recent-map';
import { type ConnectionRefusal, isAnswered } from '../../../core/connection-refusal';
import { type Rate, TokenBucket } from '../../../core/token-bucket';
import { addressGroup } from '../../address-group';
import type { ReplyHeaders } from './exchange';

/** The answer to a device that is refused. */
export interface FarewellAnswer {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: Buffer;
}

export interface FarewellLimits {
  /** Connections that are answered at once. */
  readonly atOnce: number;
  /** How often one address gets an answer. */
  readonly rate: Rate;
  /** From the handshake to the end of the connection, in milliseconds. */
  readonly timeoutMs: number;
  /** How much of a request's body is read and discarded, to keep the connection alive for the answer: bytes. */
  readonly bodyBytes: number;
}

/** Beyond these, a client is refused without an answer. */
export const farewellLimits: FarewellLimits = {
  atOnce: 64,
  rate: { burst: 50, perSecond: 5 },
  timeoutMs: 5_000,
  bodyBytes: 65_536,
};

export interface FarewellPorts {
  readonly limits: FarewellLimits;
  readonly answerOf: (refusal: ConnectionRefusal) => FarewellAnswer;
  /** Milliseconds of a monotonic clock. */
  readonly monotonicMs: () => number;
}

/** How many addresses' rates are remembered. */
const maxAddresses = 1_000;

/** Answers the first request of devices that TLS accepted and we refuse with the reason; then the connection ends. */
export class Farewells {
  readonly #answers = new Map<object, FarewellAnswer>();
  readonly #rates = new RecentMap<string, TokenBucket>(maxAddresses);

  constructor(private readonly ports: FarewellPorts) {}

  /**
   * @param address the device's address
   * @returns `undefined` if this connection gets no answer: the caller ends it at once
   */
  begin(
    socket: TLSSocket,
    refusal: ConnectionRefusal,
    address: string | null,
  ): { began(session: ServerHttp2Session | null): void } | undefined {
    const { limits, answerOf, monotonicMs } = this.ports;
    if (address === null || !isAnswered(refusal.cause)) return undefined;
    if (this.#answers.size >= limits.atOnce) return undefined;
    const rate = this.#rates.getOrMake(addressGroup(address), () => new TokenBucket(limits.rate));
    if (!rate.take(monotonicMs())) return undefined;
    const answer = answerOf(refusal);
    this.#answers.set(socket, answer);
    const timer = setTimeout(() => socket.destroy(), limits.timeoutMs).unref();
    socket.once('close', () => {
      clearTimeout(timer);
      this.#answers.delete(socket);
    });
    return {
      began(session) {
        session?.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
          answerStream(stream, headers, answer);
          session.close(); // GOAWAY; waits for its streams
        });
      },
    };
  }

  /** Answers an HTTP/1.1 request. @returns whether its connection is being refused */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const answer = this.#answers.get(request.socket);
    if (answer === undefined) return false;
    response.on('error', () => undefined); // a device that leaves is not our error
    response.shouldKeepAlive = false;
    response.writeHead(answer.status, answer.headers);
    response.write(answer.body);
    const end = () => response.end();
    // If unread bytes are left when the socket closes, the kernel resets the connection, and the answer may be lost.
    let leftBytes = this.ports.limits.bodyBytes;
    request.on('data', ({ length }: Buffer) => {
      leftBytes -= length;
      if (leftBytes < 0) end();
    });
    request.once('end', end);
    if (request.headers.expect !== undefined) end(); // no body follows
    return true;
  }
}

function answerStream(
  stream: ServerHttp2Stream,
  request: IncomingHttpHeaders,
  { status, headers, body }: FarewellAnswer,
): void {
  stream.on('error', () => undefined);
  if (stream.destroyed || stream.closed) return;
  const endStream = request[':method'] === 'HEAD';
  stream.respond({ ...headers, ':status': status }, { endStream });
  if (!endStream) stream.end(body);
  if (!stream.endAfterHeaders) stream.close(constants.NGHTTP2_NO_ERROR);
}
