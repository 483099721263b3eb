import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { DEFAULT_CIPHERS, type TLSSocket } from 'node:tls';
import { circumstance } from '../../../core/circumstances/catalogue';
import { deviceCiphers, deviceTlsOptions } from '../../../core/device-tls';
import { createIsTrustedProxy, plainAddress } from '../../client-address';
import { FailureLimiter } from '../../failure-limiter';
import type { DeviceTokens } from '../../../services/access/device-tokens';
import { createDdi, type DdiOptions } from '../ddi/ddi';
import { type DeviceShares, guardHandshakes } from '../kernel/device-shares';
import { followRequests } from '../kernel/follow-requests';
import { type MountOptions, mountProtocols } from '../kernel/mount-protocols';
import { createDispatcher } from '../kernel/router';
import { askedName } from '../transport/asked-name';
import { closeListener, trackSockets } from '../transport/close-listener';
import { connectionLimits, type ConnectionLimits } from '../transport/connection-limits';
import { Connections, expelConnection } from '../transport/connections';
import type { HandshakeGuard } from '../transport/handshake-guard';
import type { HandshakeLimits } from '../transport/handshake-queue';
import { listen } from '../transport/listen';
import { http1Limits, limits } from '../transport/listener';
import { watchConnections } from '../transport/watch-connections';
import { createAuthenticate } from './authenticate';
import { createListenerUrl, type ListenerUrlFacts } from './listener-url';
import { serveRequests } from './serve-requests';

export interface HawkbitServerOptions
  extends MountOptions, Pick<ListenerUrlFacts, 'coversHost' | 'certificateNames'> {
  /** Shared with the device listener. */
  readonly shares: DeviceShares;
  readonly deviceTokens: Pick<DeviceTokens, 'check'>;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** PEM; `null` for plain HTTP, which is allowed only on loopback. */
  readonly tls: ServerFiles | null;
  /** Issuers that a proxy may name, in lower case; none if left out. */
  readonly authorities?: readonly string[];
  /** Addresses and networks of trusted proxies; none if left out. */
  readonly trustedProxies?: readonly string[];
  /** Called with each name that a device uses for the server, once the device is authenticated. */
  readonly noteName?: (name: string) => void;
  readonly quietTimeoutMs?: number;
  /** As on the device listener. */
  readonly ddi?: DdiOptions;
  readonly handshakeLimits?: HandshakeLimits;
  readonly connectionLimits?: ConnectionLimits;
  /** Wrong tokens from one address per minute. */
  readonly maxWrongTokens?: number;
}

export interface ServerFiles {
  readonly cert: string;
  readonly key: string;
}

export interface HawkbitServer {
  readonly address: AddressInfo;
  /** Uses new files for new connections. */
  reload(tls: ServerFiles): void;
  /** Ends the connections of a device at once. */
  expel(deviceId: string): void;
  counts(): HawkbitCounts;
  /** @param graceMs how long running downloads may continue, in milliseconds */
  close(graceMs: number): Promise<void>;
}

export interface HawkbitCounts {
  readonly connections: number;
  readonly openRequests: number;
  readonly replacedConnections: number;
  readonly waitingConnections: number;
  readonly handshakes: number;
}

/** Dozens of devices behind one address may have a wrong token at once. */
const maxWrongTokens = 60;

/**
 * Starts the listener for clients of hawkBit's device protocol that have a token rather than a certificate. It serves only that protocol,
 * over HTTP/1.1, within the limits of the device listener.
 * @throws DomainError `configuration` if the address cannot be used
 */
export async function startHawkbitServer(options: HawkbitServerOptions): Promise<HawkbitServer> {
  const { shares, tls, log, now, quietTimeoutMs = limits.quietTimeoutMs } = options;
  const { counters, budgets, notices, charge, bodies, monotonicMs } = shares;
  const isTrustedProxy = createIsTrustedProxy(options.trustedProxies ?? []);
  const connections = new Connections(
    {
      identify: () => ({ ok: false, reason: circumstance('certificates-not-asked-for') }),
      isRevoked: () => false,
      now,
    },
    options.connectionLimits ?? connectionLimits,
    budgets,
    monotonicMs,
  );
  const server = tls === null ? createHttpServer(http1Limits) : createTlsServer(tls);
  server.maxHeadersCount = limits.maxHeaderPairs;
  server.setTimeout(quietTimeoutMs);
  const dispatch = createDispatcher({
    protocols: mountProtocols([createDdi(options.ddi ?? { downloadsAhead: false })], options, {
      counters,
      charge,
      baseUrl: createListenerUrl({
        scheme: tls === null ? 'http' : 'https',
        isTrustedProxy,
        coversHost: options.coversHost,
        certificateNames: options.certificateNames,
        port: () => (server.address() as AddressInfo).port,
      }),
      onBytes: shares.onBytes,
    }),
    connections,
    counters,
    bodies,
    charge,
    onRefused: (refusal, { identity }) => notices.refused(refusal, { device: identity.id }),
    log,
  });
  const requests = serveRequests({
    connections,
    authenticate: createAuthenticate({
      deviceTokens: options.deviceTokens,
      authorities: options.authorities ?? [],
      settings: () => options.services.hawkbitSettings.current(),
      limiter: new FailureLimiter(now, options.maxWrongTokens ?? maxWrongTokens),
      log,
      now,
    }),
    isTrustedProxy,
    handle: followRequests({ dispatch, log, monotonicMs }),
    onKnown(socket) {
      const name = tls === null ? null : askedName(socket);
      if (name !== null) options.noteName?.(name);
    },
    notices,
    log,
  });
  const onRequest = (request: IncomingMessage, response: ServerResponse) =>
    requests.onRequest(request, response);
  server.on('request', onRequest);
  server.on('checkContinue', onRequest); // a client that wants to send a body asks first
  const handshakes = 'setSecureContext' in server ? watchHandshakes(server, options) : null;
  const sockets = trackSockets(server);
  server.prependListener(handshakes === null ? 'connection' : 'secureConnection', (socket: Socket) =>
    requests.arrived(socket),
  );
  const watch = watchConnections({
    connections,
    quietTimeoutMs,
    onStuck(connection) {
      notices.excess({ deviceId: connection.identity.id }, 'memory');
      expelConnection(connection);
    },
    now,
    monotonicMs,
  });
  server.on('timeout', (socket: Socket) => {
    const connection = requests.connectionOf(socket);
    if (connection === null) socket.destroy();
    else watch.onQuiet(connection);
  });

  await listen(server, { ...options, reason: 'hawkbit-port-unusable' });
  let closing: Promise<void> | undefined;
  return {
    address: server.address() as AddressInfo,
    reload({ cert, key }) {
      if ('setSecureContext' in server) server.setSecureContext(secureContext({ cert, key }));
    },
    expel: (deviceId) => void connections.destroyWhere(({ identity }) => identity.id === deviceId),
    counts: () => ({
      connections: connections.size,
      openRequests: connections.openRequests(),
      replacedConnections: connections.replaced,
      waitingConnections: handshakes?.waiting() ?? 0,
      handshakes: handshakes?.underWay() ?? 0,
    }),
    close(graceMs) {
      watch.stop();
      handshakes?.close();
      closing ??= closeListener(server, connections, sockets, graceMs);
      requests.close();
      return closing;
    },
  };
}

function createTlsServer(tls: ServerFiles): HttpsServer {
  return createHttpsServer({
    ...http1Limits,
    ...secureContext(tls),
    handshakeTimeout: limits.handshakeTimeoutMs,
    requestCert: false,
  });
}

function secureContext({ cert, key }: ServerFiles) {
  return { cert, key, minVersion: deviceTlsOptions.minVersion, ciphers: deviceCiphers(DEFAULT_CIPHERS) };
}

/** As on the device listener. */
function watchHandshakes(server: HttpsServer, options: HawkbitServerOptions): HandshakeGuard {
  const { notices } = options.shares;
  const guard = guardHandshakes(server, options.shares, options);
  server.prependListener('secureConnection', (socket: TLSSocket) => guard.over(socket));
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    guard.over(socket);
    const address = plainAddress(socket.remoteAddress);
    notices.refused({ cause: 'other', reason: error.message }, address === null ? {} : { address });
  });
  return guard;
}
