import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createIsTrustedProxy } from '../client-address';
import { type ConnectionCounts, ConnectionShare } from './kernel/connection-share';

export { createAdminApp } from './app';

export interface AdminServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** A connection without any traffic for this long is ended; a slow one is not. */
  readonly stallTimeoutMs?: number;
  /** Connections allowed per address; default: {@link connectionsPerAddress}. */
  readonly connectionsPerAddress?: number;
  /** Addresses and networks of proxies, whose connections belong to many clients; default: none. */
  readonly trustedProxies?: readonly string[];
}

export interface AdminServer {
  readonly address: AddressInfo;
  /** The limits in force, in milliseconds; 0 is none. */
  readonly limits: {
    readonly requestTimeoutMs: number;
    readonly headersTimeoutMs: number;
    readonly stallTimeoutMs: number;
  };
  counts(): ConnectionCounts;
  /**
   * Takes no new connections. Requests in progress get this long, then they are cut off. Resolves when every connection
   * is closed.
   */
  close(graceMs: number): Promise<void>;
}

const defaultStallTimeoutMs = 3 * 60_000;
const headersTimeoutMs = 60_000;
const keepAliveTimeoutMs = 65_000;
const idleSweepMs = 100;
/** More than the browsers and scripts of one address need at once, event streams included. */
export const connectionsPerAddress = 256;

/**
 * Starts a listener for an admin app.
 * @throws the system's error (`EADDRINUSE` ...) when the address is not available
 */
export async function startAdminServer(
  app: RequestListener,
  options: AdminServerOptions,
): Promise<AdminServer> {
  const server = createServer({ requireHostHeader: false }, app); // our guard answers with a problem document
  // The guards come first: only then is a waiting client told to send its bundle (RFC 9110, section 10.1.1).
  server.on('checkContinue', app);
  // An upload may take hours; only silence ends it.
  server.requestTimeout = 0;
  server.headersTimeout = headersTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.timeout = options.stallTimeoutMs ?? defaultStallTimeoutMs;

  const share = new ConnectionShare({
    perAddress: options.connectionsPerAddress ?? connectionsPerAddress,
    isExempt: createIsTrustedProxy(options.trustedProxies ?? []),
    monotonicMs: () => performance.now(),
  });
  share.guard(server);

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no address');

  return {
    address,
    counts: () => share.counts(),
    limits: {
      requestTimeoutMs: server.requestTimeout,
      headersTimeoutMs: server.headersTimeout,
      stallTimeoutMs: server.timeout,
    },
    close: (graceMs) =>
      new Promise((resolve) => {
        // A connection becomes idle only after its last answer: look again until all are gone.
        const sweep = setInterval(() => {
          server.closeIdleConnections();
        }, idleSweepMs);
        const cut = setTimeout(() => {
          server.closeAllConnections();
        }, graceMs);
        server.close(() => {
          clearInterval(sweep);
          clearTimeout(cut);
          resolve();
        });
      }),
  };
}
