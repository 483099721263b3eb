import createRouter from 'find-my-way';
import type { ConnectionRefusal } from '../../../core/connection-refusal';
import { DomainError } from '../../../core/errors';
import {
  createProblem,
  problemMediaType,
  problemOf,
  type ProblemJson,
  retryAfterSeconds,
} from '../../problem';
import { type Connection, type Connections, endConnection } from '../transport/connections';
import type { Exchange, ReplyHeaders } from '../transport/exchange';
import type { RequestLog } from '../../../ports/log';
import type { BodyReader } from './body-reader';
import { type Counters, noProtocol, type ProtocolCounters } from './counters';
import type { Charge, RouteRequest } from './handler';
import { methods, type Protocol, type Route } from './protocol';
import { refusedDevice } from './refusal-answer';
import { sendJson } from './send-json';

/** A protocol with the routes built for this listener. */
export interface MountedProtocol extends Pick<Protocol, 'authenticate'> {
  readonly routes: readonly Route[];
  readonly counters: Pick<ProtocolCounters, 'requests'>;
}

export interface RouterPorts {
  readonly protocols: readonly MountedProtocol[];
  readonly connections: Pick<Connections, 'findRefusal'>;
  readonly counters: Pick<Counters, 'of'>;
  readonly bodies: Pick<BodyReader, 'read'>;
  readonly charge: Charge;
  /** Called when a connection that was accepted is now refused. */
  readonly onRefused: (refusal: ConnectionRefusal, connection: Connection) => void;
  readonly log: RequestLog;
}

/** A route, and the protocol that it belongs to. */
interface Endpoint {
  readonly route: Route;
  readonly protocol: MountedProtocol;
}

/** The longest compatible: 200 characters of four bytes, percent-encoded. */
const longestParameter = 200 * 4 * 3 + '.json'.length;

/** @returns a function that answers one request, whatever happens */
export function createDispatcher({
  protocols,
  connections,
  counters,
  bodies,
  charge,
  onRefused,
  log,
}: RouterPorts): (exchange: Exchange) => void {
  const router = createRouter({ maxParamLength: longestParameter, onBadUrl: () => undefined });
  for (const protocol of protocols)
    for (const route of protocol.routes)
      router.on(route.method, route.path, () => undefined, { route, protocol } satisfies Endpoint);

  const unrouted = counters.of(noProtocol);

  async function answer(exchange: Exchange): Promise<void> {
    const { connection, target } = exchange;
    const found = find(exchange);
    // `null` when no route has this path.
    const endpoint = (found?.store ?? null) as Endpoint | null;
    (endpoint?.protocol.counters ?? unrouted).requests += 1;
    const refusal = connections.findRefusal(connection);
    if (refusal !== undefined) {
      if (!connection.isEnding) onRefused(refusal, connection);
      // Ends everything on this connection, including requests on other streams.
      exchange.onClose(() => connection.socket.destroy());
      endConnection(connection);
      throw refusedDevice(refusal);
    }
    if (!exchange.namesOneHost()) throw DomainError.of('request-names-two-hosts');
    if (endpoint?.route.isDownload !== true) charge(exchange, endpoint?.route.refusal);
    if (found === null) {
      refuseMethod(exchange);
      return;
    }
    if (endpoint === null) throw DomainError.of('address-malformed');
    const { route, protocol } = endpoint;
    const { bodyLimitBytes: limitBytes } = route;
    if (limitBytes === undefined && hasBody(exchange)) throw DomainError.of('body-not-expected');
    const device = await protocol.authenticate(exchange, found.params);
    await route.handler(exchange, {
      device,
      params: found.params,
      query: queryOf(target),
      readBody: () => bodies.read(exchange, device.id, limitBytes ?? 0),
    });
  }

  function find({ method, target }: Exchange) {
    const asked = method === 'HEAD' ? 'GET' : method;
    const routed = methods.find((one) => one === asked);
    return routed === undefined ? null : router.find(routed, target);
  }

  /** @throws DomainError `not-found` */
  function refuseMethod(exchange: Exchange): void {
    const allowed = methods.filter((method) => router.find(method, exchange.target) !== null);
    if (allowed.length === 0) throw DomainError.of('nothing-at-address');
    const allow = allowed.map((method) => (method === 'GET' ? 'GET, HEAD' : method)).join(', ');
    sendProblem(exchange, createProblem('method-not-allowed', { detail: `only ${allow}` }), { allow });
  }

  return (exchange) => {
    answer(exchange).catch((error: unknown) => {
      if (!(error instanceof DomainError)) {
        const { method, target, connection } = exchange;
        log.error({ err: error, method, target, device: connection.identity.id }, 'a device got no answer');
      }
      if (exchange.status() !== undefined) exchange.abort();
      else sendProblem(exchange, problemOf(error), retryAfter(error));
    });
  };
}

const noQuery = new URLSearchParams();

function queryOf(target: string): RouteRequest['query'] {
  const start = target.indexOf('?');
  return start === -1 ? noQuery : new URLSearchParams(target.slice(start + 1));
}

function retryAfter(error: unknown): ReplyHeaders {
  const seconds = retryAfterSeconds(error);
  return seconds === undefined ? {} : { 'retry-after': seconds };
}

function hasBody(exchange: Exchange): boolean {
  return (
    Number(exchange.header('content-length') ?? 0) !== 0 || exchange.header('transfer-encoding') !== undefined
  );
}

function sendProblem(exchange: Exchange, problem: ProblemJson, headers: ReplyHeaders = {}): void {
  sendJson(exchange, problem, problem.status, { 'content-type': problemMediaType, ...headers });
}
