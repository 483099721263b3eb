import createRouter from 'find-my-way';
import { DomainError } from '../../../core/errors';
import { createProblem, problemMediaType, problemOf, type ProblemJson } from '../../problem';
import { type Connections, endConnection } from '../transport/connections';
import type { Exchange, ReplyHeaders } from '../transport/exchange';
import type { Charge, Handler } from './handler';
import type { DeviceLog } from '../transport/log';
import { sendJson } from './send-json';

export interface Route {
  /** GET answers HEAD as well. */
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly handler: Handler;
  /** It sends bytes of bundles, which RAUC asks for in thousands of ranges: it charges what costs more by itself. */
  readonly isDownload?: true;
}

export interface RouterPorts {
  readonly routes: readonly Route[];
  readonly connections: Pick<Connections, 'findRefusal'>;
  readonly charge: Charge;
  readonly log: DeviceLog;
}

/** A compatible of 200 characters of four bytes, percent-encoded. */
const longestParameter = 200 * 4 * 3 + '.json'.length;

/** @returns what answers one request, whatever happens */
export function createDispatcher({
  routes,
  connections,
  charge,
  log,
}: RouterPorts): (exchange: Exchange) => void {
  const router = createRouter({ maxParamLength: longestParameter, onBadUrl: () => undefined });
  for (const route of routes) router.on(route.method, route.path, () => undefined, route);

  async function answer(exchange: Exchange): Promise<void> {
    const { connection, method, target } = exchange;
    const refusal = connections.findRefusal(connection);
    if (refusal !== undefined) {
      // Everything on this connection ends, also what is under way on other streams.
      exchange.onClose(() => connection.socket.destroy());
      endConnection(connection);
      throw new DomainError('forbidden', `this device is refused: ${refusal.reason}`);
    }
    if (!exchange.namesOneHost()) throw new DomainError('invalid-input', 'the request names two hosts');
    const routed = method === 'HEAD' ? 'GET' : method;
    const found = routed === 'GET' || routed === 'POST' ? router.find(routed, target) : null;
    // What is at a path, or `null` where the path is none.
    const route = (found?.store ?? null) as Route | null;
    if (route?.isDownload !== true) charge(exchange);
    if (found === null) {
      refuseMethod(exchange);
      return;
    }
    if (route === null) throw new DomainError('invalid-input', 'the address is not well-formed');
    if (routed === 'GET' && hasBody(exchange))
      throw new DomainError('too-large', 'a request has no body here');
    const queryStart = target.indexOf('?');
    const query = new URLSearchParams(queryStart === -1 ? '' : target.slice(queryStart + 1));
    await route.handler(exchange, { params: found.params, query });
  }

  /** @throws DomainError `not-found` */
  function refuseMethod(exchange: Exchange): void {
    const allowed = (['GET', 'POST'] as const).filter(
      (method) => router.find(method, exchange.target) !== null,
    );
    if (allowed.length === 0) throw new DomainError('not-found', 'there is nothing at this address');
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

function retryAfter(error: unknown): ReplyHeaders {
  const seconds = error instanceof DomainError ? error.details?.['retryAfterSeconds'] : undefined;
  return typeof seconds === 'number' ? { 'retry-after': seconds } : {};
}

function hasBody(exchange: Exchange): boolean {
  return (
    Number(exchange.header('content-length') ?? 0) !== 0 || exchange.header('transfer-encoding') !== undefined
  );
}

function sendProblem(exchange: Exchange, problem: ProblemJson, headers: ReplyHeaders = {}): void {
  sendJson(exchange, problem, problem.status, { 'content-type': problemMediaType, ...headers });
}
