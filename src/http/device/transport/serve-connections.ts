import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { systemErrorCode } from '../../../base/files/system-error';
import { cutText } from '../../../base/text/cut-text';
import type { Budget, BudgetHolder } from '../../../core/budget';
import type { ConnectionRefusal } from '../../../core/connection-refusal';
import { askedName } from './asked-name';
import { type Connection, type Connections, expelConnection } from './connections';
import type { DeviceBudget } from './device-budgets';
import type { Exchange } from './exchange';
import { FairTurns } from './fair-turns';
import type { Farewells } from './farewells';
import { Http1Exchange } from './http1-exchange';
import { Http1Turns } from './http1-turns';
import { Http2Exchange } from './http2-exchange';
import { hearStreams } from './http2-streams';
import { guardConnections } from './listener';
import type { PeerAddresses } from './peer-addresses';
import { PeerCertificates, type PeerCertificatesOptions } from './peer-certificates';
import { refusalCauseOf } from './refusal-cause';
import { watchConnections } from './watch-connections';
import type { PeerCertificate } from '../../../ports/certificates';
import type { Clock, MonotonicClock } from '../../../ports/clock';

export interface ServePorts extends PeerCertificatesOptions {
  readonly listener: Http2SecureServer;
  readonly connections: Connections;
  readonly addresses: Pick<PeerAddresses, 'of' | 'isProxyItself'>;
  /** Called when a TLS handshake is over, with any result. */
  readonly handshakes: { over(socket: TLSSocket): void };
  readonly handle: (exchange: Exchange) => void;
  /** Tells refused devices the reason. */
  readonly farewells: Pick<Farewells, 'begin' | 'answer'>;
  readonly onRefused: (refusal: ConnectionRefusal, who: Refused) => void;
  /** A device exceeded a budget. */
  readonly onExcess: (holder: BudgetHolder, budget: Budget) => void;
  /** Called with each name that an admitted device uses for the server. */
  readonly noteName: (name: string) => void;
  /** After how long without a byte a connection is checked, in milliseconds. */
  readonly quietTimeoutMs: number;
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
}

/** What is known about a refused client. */
export interface Refused {
  readonly device?: string;
  readonly address?: string;
  /** The certificate that it sent; missing if another one would not have helped. */
  readonly certificate?: PeerCertificate;
}

/** Limit for OpenSSL's text. */
const reasonMaxLength = 400;

/**
 * Turns what devices send into exchanges, from the handshake to the end of the connection.
 * @returns a function that stops its timer
 */
export function serveConnections(ports: ServePorts): () => void {
  const { listener, connections, addresses, handshakes, farewells, handle, onExcess } = ports;
  const { quietTimeoutMs, monotonicMs } = ports;
  const bySocket = new WeakMap<object, { readonly connection: Connection; readonly turns: Http1Turns }>();
  const turns = new FairTurns<DeviceBudget>();
  const expel = (connection: Connection, budget: Budget) => {
    onExcess({ deviceId: connection.identity.id }, budget);
    expelConnection(connection);
  };
  const watch = watchConnections({
    connections,
    quietTimeoutMs,
    onStuck: (connection) => expel(connection, 'memory'),
    now: ports.now,
    monotonicMs,
  });

  const peers = new PeerCertificates(listener, addresses, ports);

  function refuse(socket: TLSSocket, { cause, reason }: ConnectionRefusal, device?: string): void {
    if (addresses.isProxyItself(socket)) return; // its health check
    const { address, certificate: shown } = peers.of(socket);
    const certificate = cause === 'too-many-connections' ? undefined : shown;
    ports.onRefused(
      { cause, reason: typeof reason === 'string' ? cutText(reason, reasonMaxLength) : reason },
      {
        ...(device === undefined ? {} : { device }),
        ...(address === null ? {} : { address }),
        ...(certificate === undefined ? {} : { certificate }),
      },
    );
  }

  function serveSession(session: ServerHttp2Session, connection: Connection): void {
    hearStreams(session, (begin) => turns.queue(connection.budget, begin), {
      begin: (stream, headers, raw) => handle(new Http2Exchange(stream, headers, connection, raw)),
      gaveUp() {
        if (connection.isEnding || connection.budget.resets.take(monotonicMs())) return;
        expel(connection, 'resets');
      },
    });
    session.setTimeout(quietTimeoutMs, () => watch.onQuiet(connection));
  }

  guardConnections(listener, (socket) => {
    socket.on('error', () => undefined); // a device that leaves is not our error
    handshakes.over(socket);
    const { certificate, address } = peers.of(socket);
    const admission = connections.admit(socket, certificate, address);
    if (!admission.ok) {
      refuse(socket, admission.refusal, admission.device);
      const farewell = farewells.begin(socket, admission.refusal, address);
      if (farewell === undefined) socket.destroy();
      return farewell;
    }
    const { connection } = admission;
    const name = askedName(socket);
    if (name !== null) ports.noteName(name);
    bySocket.set(socket, { connection, turns: new Http1Turns() });
    return {
      began(session) {
        connection.session = session;
        if (session !== null) serveSession(session, connection);
      },
    };
  });

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    if (farewells.answer(request, response)) return;
    const known = bySocket.get(request.socket);
    const takesTurn = known?.turns.take(request, response, () => {
      handle(new Http1Exchange(request, response, known.connection));
    });
    if (takesTurn === true || request.socket.destroyed) return;
    if (known !== undefined) onExcess({ deviceId: known.connection.identity.id }, 'requests');
    request.socket.destroy();
  };
  // Only for HTTP/1.1: with a 'request' listener Node also attaches its compatibility API to each HTTP/2 stream.
  listener.on('request', onRequest).removeAllListeners('stream');
  listener.on('checkContinue', onRequest); // a client that wants to send a body asks first
  listener.on('timeout', (it: ServerHttp2Session | TLSSocket) => {
    const known = bySocket.get(it);
    if (known !== undefined) watch.onQuiet(known.connection);
  });
  listener.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    // Node's types say Error, but it is OpenSSL's code, such as CERT_HAS_EXPIRED.
    handshakes.over(socket);
    const verdict: unknown = socket.authorizationError;
    const reason = typeof verdict === 'string' ? verdict : (systemErrorCode(error) ?? error.message);
    refuse(socket, { cause: refusalCauseOf(reason), reason });
  });
  return watch.stop;
}
