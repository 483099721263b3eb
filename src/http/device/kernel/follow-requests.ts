import type { Exchange } from '../transport/exchange';
import type { RequestLog } from '../../../ports/log';
import type { MonotonicClock } from '../../../ports/clock';

export interface FollowPorts {
  readonly dispatch: (exchange: Exchange) => void;
  readonly log: RequestLog;
  readonly monotonicMs: MonotonicClock;
}

/** Follows the requests of each connection: what is open, when something moved, and when the last one ends. */
export function followRequests({ dispatch, log, monotonicMs }: FollowPorts): (exchange: Exchange) => void {
  return (exchange) => {
    const { connection, method, target } = exchange;
    connection.openRequests += 1;
    connection.movedAtMs = monotonicMs();
    exchange.onClose(() => {
      connection.openRequests -= 1;
      connection.movedAtMs = monotonicMs();
      log.debug({ device: connection.identity.id, method, target, status: exchange.status() }, 'request');
      if (connection.isEnding && connection.session === null && connection.openRequests === 0) {
        connection.socket.destroySoon();
      }
    });
    dispatch(exchange);
  };
}
