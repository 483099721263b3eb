import { STATUS_CODES } from 'node:http';
import type { Installation } from '../../../core/installation';
import { sendJson } from '../kernel/send-json';
import type { Exchange } from '../transport/exchange';

/** Clients accept only 200 as success. */
export function sendDone(exchange: Exchange): void {
  exchange.send(200, { 'content-length': 0, 'cache-control': 'no-store' });
}

/** Refuses what is no longer, or not yet, possible for an action. The answer is in hawkBit's form too. */
export function sendRefusal(exchange: Exchange, status: 405 | 410, message: string): void {
  const title = STATUS_CODES[status] ?? 'Error';
  const asHawkbit = {
    exceptionClass: 'ActionStateException',
    errorCode: `action.${status}`,
    message,
    info: {},
  };
  sendJson(exchange, { type: 'about:blank', title, status, detail: message, ...asHawkbit }, status, {
    'content-type': 'application/problem+json',
  });
}

export function sendClosed(exchange: Exchange, { id, state }: Installation): void {
  sendRefusal(exchange, 410, `action ${id} is closed: ${state}`);
}
