import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { totalmem } from 'node:os';
import type { TLSSocket } from 'node:tls';
import type { Budget, BudgetHolder } from '../../core/budget';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { askedName } from './transport/asked-name';
import { closeListener, trackSockets } from './transport/close-listener';
import {
  type AdmissionRules,
  type Connection,
  Connections,
  expelConnection,
  type Refusal,
} from './transport/connections';
import { DeviceBudgets } from './transport/device-budgets';
import { createCharge } from './kernel/charge-requests';
import { connectionLimits, type ConnectionLimits } from './transport/connection-limits';
import { createIsTrustedProxy } from '../client-address';
import type { Exchange } from './transport/exchange';
import { guardHandshakes } from './transport/guard-handshakes';
import { handshakeLimits, type HandshakeLimits } from './transport/handshake-queue';
import { Http1Turns } from './transport/http1-turns';
import { http1Exchange } from './transport/http1-exchange';
import { http2Exchange } from './transport/http2-exchange';
import { hearStreams } from './transport/http2-streams';
import { createIdleRule } from './transport/idle-connections';
import { isIssuedByOneOf, parseAuthorities } from './transport/issuers';
import { createListener, guardConnections, limits } from './transport/listener';
import { boundedLine } from './transport/log';
import { refusalCauseOf } from './transport/refusal-cause';
import { createDispatcher } from './kernel/router';
import { createRoutes, type RouteOptions } from './routes';
import { type MemoryLimits, memoryLimitsOf, SendMemory } from './transport/send-memory';
import { createStillRule } from './transport/still-connections';
import { type EndpointCounts, Counters } from './kernel/counters';
import { type DeviceTls, TlsSettings } from './transport/tls-settings';

export interface DeviceServerOptions extends AdmissionRules, RouteOptions {
  /** Address to bind to; `::` is every address, IPv6 and IPv4. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tls: DeviceTls;
  /** After how long without a byte a connection is looked at, in milliseconds; the default is five minutes. */
  readonly quietTimeoutMs?: number;
  /** Hears what each device calls the server, once it was let in. */
  readonly noteName?: (name: string) => void;
  /** Addresses and networks of proxies that pass on the connections of many devices; none when left out. */
  readonly trustedProxies?: readonly string[];
  readonly handshakeLimits?: HandshakeLimits;
  readonly connectionLimits?: ConnectionLimits;
  /** What is read for devices and has not left yet; by the memory of the machine when left out. */
  readonly memoryLimits?: MemoryLimits;
  /** Milliseconds from a clock that nobody sets; that of the process when left out. */
  readonly monotonicMs?: () => number;
}

/** What happened since the start, and what is going on. */
export interface DeviceCounts extends EndpointCounts {
  readonly connections: number;
  readonly openRequests: number;
  /** Bytes of bundles that were read and have not left yet. */
  readonly unsentBytes: number;
  readonly requests: number;
  /** Connections that ended in the TLS handshake or right after it. */
  readonly refusedConnections: number;
  /** Connections that made room for a new one of their device. */
  readonly replacedConnections: number;
  /** Connections that wait for their TLS handshake, and handshakes that are under way. */
  readonly waitingConnections: number;
  readonly handshakes: number;
  /** Requests answered with bytes of a bundle, and how many bytes went out. */
  readonly bundleRequests: number;
  readonly bundleBytes: number;
  /** How often a device or an address went beyond a budget. */
  readonly overBudget: ReadonlyMap<Budget, number>;
}

export interface DeviceServer {
  readonly address: AddressInfo;
  /** Node's server, for what it was configured with. */
  readonly listener: Http2SecureServer;
  /**
   * Takes over new files for new connections; connections of a CA that is no longer there end.
   * @throws DomainError `configuration`: then the old ones stay in use
   */
  reload(tls: DeviceTls): void;
  /** Ends the open connections of certificates that are revoked now. @returns how many */
  enforceRevocations(): number;
  counts(): DeviceCounts;
  /** Devices that came with an old certificate, as {@link OldCertificates.seen}. */
  oldCertificates(): readonly string[];
  /**
   * Takes no new connections; running downloads may go on for a while.
   * @param graceMs how long, in milliseconds
   */
  close(graceMs: number): Promise<void>;
}

/** Between two lines in the log about what is refused. */
const refusalLinePeriodMs = 1_000;
/** How often connections are looked at that may move no data. */
const looksPerQuietTime = 5;

/**
 * Starts the listener that devices talk to: mutual TLS, HTTP/2 and HTTP/1.1.
 * @throws DomainError `configuration` when the TLS files or the address can't be used
 */
export async function startDeviceServer(options: DeviceServerOptions): Promise<DeviceServer> {
  const {
    log,
    now,
    services,
    quietTimeoutMs = limits.quietTimeoutMs,
    monotonicMs = () => performance.now(),
  } = options;
  const settings = new TlsSettings();
  const memory = new SendMemory(options.memoryLimits ?? memoryLimitsOf(machineMemoryBytes()));
  const connections = new Connections(
    options,
    options.connectionLimits ?? connectionLimits,
    new DeviceBudgets(memory),
    monotonicMs,
  );
  const listener = createListener(settings.build(options.tls), quietTimeoutMs);
  const handshakes = guardHandshakes(listener, {
    limits: options.handshakeLimits ?? handshakeLimits,
    crowdedTimeoutMs: limits.crowdedHandshakeTimeoutMs,
    isExempt: createIsTrustedProxy(options.trustedProxies ?? []),
    monotonicMs,
    onRefused: (address, reason) => countRefused({ cause: 'too-many-handshakes', reason }, { address }),
  });
  const sockets = trackSockets(listener);
  const totals = { requests: 0, refusedConnections: 0, bundleRequests: 0, bundleBytes: 0 };
  const counters = new Counters();
  const tellRefusal = boundedLine((facts, message) => log.info(facts, message), now, refusalLinePeriodMs);
  const tellExcess = boundedLine((facts, message) => log.warn(facts, message), now, refusalLinePeriodMs);
  const noteExcess = (holder: BudgetHolder, budget: Budget) => {
    services.overBudget.note(holder, budget);
    tellExcess({ ...holder, budget }, 'over budget');
  };
  const charge = createCharge({
    monotonicMs,
    onRefused: (deviceId) => noteExcess({ deviceId }, 'requests'),
    expel: expelConnection,
  });
  const port = () => (listener.address() as AddressInfo).port;
  const routes = createRoutes(options, port, counters, charge, {
    onRequest: () => (totals.bundleRequests += 1),
    onBytes({ connection }, bytes) {
      totals.bundleBytes += bytes;
      connection.movedAtMs = monotonicMs();
    },
  });
  const dispatch = createDispatcher({ routes, connections, charge, log });
  const countRefused = ({ cause, reason }: Refusal, who: { device?: string; address?: string }) => {
    totals.refusedConnections += 1;
    counters.countRefusal(cause);
    tellRefusal({ reason, cause, ...who }, 'connection refused');
    if (cause === 'too-many-connections' && who.device !== undefined)
      noteExcess({ deviceId: who.device }, 'connections');
    if (cause === 'too-many-handshakes' && who.address !== undefined)
      noteExcess({ address: who.address }, 'handshakes');
  };
  const refuse = (socket: TLSSocket, refusal: Refusal, device?: string) => {
    const address = socket.remoteAddress;
    countRefused(refusal, {
      ...(device === undefined ? {} : { device }),
      ...(address === undefined ? {} : { address }),
    });
  };

  const handle = (exchange: Exchange) => {
    const { connection } = exchange;
    totals.requests += 1;
    connection.openRequests += 1;
    connection.movedAtMs = monotonicMs();
    exchange.onClose(() => {
      connection.openRequests -= 1;
      connection.movedAtMs = monotonicMs();
      const { method, target } = exchange;
      log.debug({ device: connection.identity.id, method, target, status: exchange.status() }, 'request');
      if (connection.isEnding && connection.session === null && connection.openRequests === 0) {
        connection.socket.destroySoon();
      }
    });
    dispatch(exchange);
  };
  const bySocket = new WeakMap<object, { readonly connection: Connection; readonly turns: Http1Turns }>();

  guardConnections(listener, (socket) => {
    socket.on('error', () => undefined); // a device that goes away is no error of ours
    handshakes.over(socket);
    const admission = connections.admit(socket);
    if (!admission.ok) {
      refuse(socket, admission.refusal, admission.device);
      socket.destroy();
      return undefined;
    }
    const { connection } = admission;
    const name = askedName(socket);
    if (name !== null) options.noteName?.(name);
    bySocket.set(socket, { connection, turns: new Http1Turns() });
    return {
      began(session) {
        connection.session = session;
        if (session === null) return;
        hearStreams(session, {
          begin: (stream, headers, raw) => handle(http2Exchange(stream, headers, connection, raw)),
          gaveUp() {
            if (connection.isEnding || connection.budget.resets.take(monotonicMs())) return;
            noteExcess({ deviceId: connection.identity.id }, 'resets');
            expelConnection(connection);
          },
        });
        session.setTimeout(quietTimeoutMs, () => onQuiet(connection));
      },
    };
  });
  const onQuiet = createIdleRule(now, quietTimeoutMs);
  const look = createStillRule({
    quietMs: quietTimeoutMs,
    monotonicMs,
    onStuck(connection) {
      noteExcess({ deviceId: connection.identity.id }, 'memory');
      expelConnection(connection);
    },
  });
  const looking = setInterval(() => connections.each(look), quietTimeoutMs / looksPerQuietTime).unref();
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const known = bySocket.get(request.socket);
    const takesTurn = known?.turns.take(request, response, () => {
      handle(http1Exchange(request, response, known.connection));
    });
    if (takesTurn === true || request.socket.destroyed) return;
    if (known !== undefined) noteExcess({ deviceId: known.connection.identity.id }, 'requests');
    request.socket.destroy();
  };
  // HTTP/1.1 alone: with a 'request' listener Node also wires its compatibility API to each HTTP/2 stream.
  listener.on('request', onRequest).removeAllListeners('stream');
  listener.on('checkContinue', onRequest); // who wants a body asks for it
  listener.on('timeout', (it: ServerHttp2Session | TLSSocket) => {
    const known = bySocket.get(it);
    if (known !== undefined) onQuiet(known.connection);
  });
  listener.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    // Node's types say Error, but it is OpenSSL's code, such as CERT_HAS_EXPIRED.
    handshakes.over(socket);
    const verdict: unknown = socket.authorizationError;
    const reason = typeof verdict === 'string' ? verdict : (systemErrorCode(error) ?? error.message);
    refuse(socket, { cause: refusalCauseOf(reason), reason });
  });

  await listen(listener, options);
  let { ca } = options.tls;
  let closing: Promise<void> | undefined;
  return {
    address: listener.address() as AddressInfo,
    listener,
    reload(tls) {
      listener.setSecureContext(settings.build(tls));
      const hasNewCa = tls.ca !== ca;
      ca = tls.ca;
      const authorities = parseAuthorities(ca);
      const ended = connections.destroyWhere(
        ({ certificate }) => hasNewCa && !isIssuedByOneOf(certificate, authorities),
      );
      log.info({ ended }, 'new TLS files in use');
    },
    enforceRevocations: () =>
      connections.destroyWhere((connection) => connections.findRefusal(connection) !== undefined),
    counts: () => ({
      ...totals,
      refusals: counters.refusals,
      offers: counters.offers,
      polls: counters.polls,
      reports: counters.reports,
      overBudget: services.overBudget.counts(),
      connections: connections.size,
      replacedConnections: connections.replaced,
      waitingConnections: handshakes.waiting(),
      handshakes: handshakes.underWay(),
      openRequests: connections.openRequests(),
      unsentBytes: memory.usedBytes,
    }),
    oldCertificates: () => connections.oldCertificates.seen(),
    close(graceMs) {
      clearInterval(looking);
      handshakes.close();
      return (closing ??= closeListener(listener, connections, sockets, graceMs));
    },
  };
}

/** Of the machine, or of the container that the process is in. */
function machineMemoryBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

function listen(
  listener: Http2SecureServer,
  { host, port }: Pick<DeviceServerOptions, 'host' | 'port'>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      reject(
        new DomainError(
          'configuration',
          `the device listener can't use ${host} port ${port}: ${cause.message}`,
          {
            cause,
            remedy: 'Stop what uses it, or choose others with DEVICE_HOST and DEVICE_PORT.',
          },
        ),
      );
    };
    listener.once('error', fail);
    listener.listen({ host, port }, () => {
      listener.off('error', fail);
      resolve();
    });
  });
}
