import type { RequestHandler } from 'express';
import { clientAddress, type IsTrustedProxy } from '../../client-address';
import type { RequestLog } from '../../../ports/log';
import type { AdminMetrics } from '../metrics/metrics';
import { AnonymousLines } from './anonymous-lines';
import { openContext } from './request-context';
import type { Clock } from '../../../ports/clock';

const loggedPathLength = 300;
/** Probes ask these every few seconds. */
const quietRoutes = new Set(['/health', '/metrics']);

export interface RequestLogPorts {
  readonly log: RequestLog;
  readonly metrics: Pick<AdminMetrics, 'count'>;
  readonly newId: () => string;
  readonly isTrustedProxy: IsTrustedProxy;
  readonly now: Clock;
}

/**
 * Gives each request its id; when the request is over, writes one log line and counts it. Unauthenticated requests get
 * a bounded number of lines. The query is never logged.
 */
export function requestLog({ log, metrics, newId, isTrustedProxy, now }: RequestLogPorts): RequestHandler {
  const anonymous = new AnonymousLines((facts, message) => log.info(facts, message), now);
  return (request, response, next) => {
    const startedAt = performance.now();
    const context = openContext(request, newId(), clientAddress(request, isTrustedProxy));
    response.set('X-Request-Id', context.id);
    response.once('close', () => {
      anonymous.settle();
      const seconds = (performance.now() - startedAt) / 1000;
      const status = response.statusCode;
      metrics.count({ method: request.method, route: context.route, status, seconds });
      const facts = {
        request_id: context.id,
        method: request.method,
        path: request.originalUrl.split('?', 1)[0]?.slice(0, loggedPathLength),
        status,
        ms: Math.round(seconds * 1000),
        actor: context.actor,
        address: context.address,
        ...(response.writableFinished ? {} : { aborted: true }),
        ...(context.error === undefined ? {} : { err: context.error }),
      };
      // Someone must fix a bug or free disk space; a refusal is the caller's affair.
      if ((status === 500 || status === 507) && response.headersSent) log.error(facts, 'request failed');
      else if (quietRoutes.has(context.route)) log.debug(facts, 'request');
      else if (context.actor === null) anonymous.take(context.address ?? '', facts, 'request');
      else log.info(facts, 'request');
    });
    next();
  };
}
