import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { deviceTlsOptions } from '../../../core/device-tls';
import type { TlsSettings } from './tls-settings';

/** Times in milliseconds. */
export const limits = {
  /** From the TCP connection to the end of the TLS handshake. */
  handshakeTimeoutMs: 20_000,
  /** The same while other connections of its address wait for their turn. */
  crowdedHandshakeTimeoutMs: 5_000,
  /** From the TCP connection to the end of a proxy's PROXY header. */
  proxyHeaderTimeoutMs: 5_000,
  /** From the first byte of a request to the end of its headers, and to the end of the whole request. */
  headersTimeoutMs: 60_000,
  requestTimeoutMs: 60_000,
  /** The body of a report; shorter than the limit for a whole request, so that the device gets an answer. */
  bodyTimeoutMs: 30_000,
  /** An HTTP/1.1 connection without a request. */
  keepAliveTimeoutMs: 75_000,
  /** Any connection without traffic; see idle-connections.ts. */
  quietTimeoutMs: 300_000,
  maxHeaderBytes: 16 << 10,
  /** Allows for a hundred `RAUC-*` headers of a device; HTTP/2 refuses requests with more. */
  maxHeaderPairs: 200,
  /** RAUC has up to 128 requests in flight: the queue of a Linux network block device. */
  maxConcurrentStreams: 256,
  /** What Node counts per HTTP/2 connection: headers, and the bytes that send-memory.ts grants a device. */
  maxSessionMemoryMegabytes: 32,
} as const;

/** Node's limits for HTTP/1.1. */
export const http1Limits = {
  noDelay: true,
  keepAlive: true, // detects devices that lost power
  keepAliveInitialDelay: limits.headersTimeoutMs,
  headersTimeout: limits.headersTimeoutMs,
  requestTimeout: limits.requestTimeoutMs,
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  maxHeaderSize: limits.maxHeaderBytes,
  requireHostHeader: true,
} as const;

/** Node's server for TLS, HTTP/2 and, for clients without it, HTTP/1.1. It does not listen yet. */
export function createListener(
  tls: ReturnType<TlsSettings['build']>,
  quietTimeoutMs: number,
): Http2SecureServer {
  const server = createSecureServer({
    ...tls,
    ...deviceTlsOptions,
    handshakeTimeout: limits.handshakeTimeoutMs,
    allowHTTP1: true,
    noDelay: http1Limits.noDelay,
    keepAlive: http1Limits.keepAlive,
    keepAliveInitialDelay: http1Limits.keepAliveInitialDelay,
    maxHeaderListPairs: limits.maxHeaderPairs,
    maxSessionMemory: limits.maxSessionMemoryMegabytes,
    settings: {
      maxConcurrentStreams: limits.maxConcurrentStreams,
      maxHeaderListSize: limits.maxHeaderBytes,
    },
  });
  // Node reads these for HTTP/1.1 from the server itself, which its types do not show.
  Object.assign(server, { ...http1Limits, maxHeadersCount: limits.maxHeaderPairs });
  server.setTimeout(quietTimeoutMs);
  return server;
}

/**
 * Puts a check between the TLS handshake and HTTP. Node's own listener must not see a refused socket: an HTTP/2 session on a destroyed
 * socket fails. A connection that begins another handshake (TLS 1.2 renegotiation) is ended: the peer could show another certificate in
 * it.
 * @param admit returns whether HTTP may begin; if so, `began` gets the HTTP/2 session, or `null` for HTTP/1.1
 */
export function guardConnections(
  server: Http2SecureServer,
  admit: (socket: TLSSocket) => { began(session: ServerHttp2Session | null): void } | undefined,
): void {
  const [speakHttp, ...others] = server.listeners('secureConnection');
  if (speakHttp === undefined || others.length > 0)
    throw new Error('this Node wires HTTP/2 servers in another way');
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.disableRenegotiation();
    const admitted = admit(socket);
    if (admitted === undefined) return;
    let session: ServerHttp2Session | null = null;
    const capture = (created: ServerHttp2Session) => {
      session = created;
    };
    server.once('session', capture); // emitted before speakHttp returns, or not at all
    Reflect.apply(speakHttp, server, [socket]);
    server.off('session', capture);
    admitted.began(session);
  });
}
