import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { circumstance } from '../../core/circumstances/catalogue';
import type { Circumstance, Why } from '../../core/reasons/why';
import type { DeliverEvent } from '../../ports/webhooks';
import { presentEvent } from '../event-json';
import { type CallRules, guardedLookup, refusedLiteral, UncallableHost } from './guarded-lookup';
import type { Clock } from '../../ports/clock';

export interface DeliveryOptions extends CallRules {
  readonly version: string;
  readonly now: Clock;
  /** How long a receiver may take to answer, in milliseconds; default: 10 s. */
  readonly timeoutMs?: number;
}

const usualTimeoutMs = 10_000;

const answered = (status: number): Circumstance => circumstance('receiver-answered', { status });

/**
 * Creates what delivers events by HTTP. The address that it connects to is checked after the name is resolved, so a
 * name that points elsewhere later gains nothing. Redirects are not followed, and the answer's body is not read.
 * Whatever a receiver does, the promise resolves within about ten seconds, and no callback throws.
 */
export function createDeliverEvent(options: DeliveryOptions): DeliverEvent {
  const { timeoutMs = usualTimeoutMs } = options;
  const whyFailed = (error: Error): Why => {
    if (error instanceof UncallableHost) return error.why;
    const isLate = error.name === 'TimeoutError' || error.name === 'AbortError';
    return isLate ? circumstance('receiver-silent', { limitMs: timeoutMs }) : error.message;
  };
  return (webhook, secret, { id, event }, stop) =>
    new Promise<Why | null>((resolve) => {
      const body = Buffer.from(JSON.stringify(presentEvent(event)));
      const url = new URL(webhook.url);
      const refused = refusedLiteral(url, options);
      if (refused !== null) {
        resolve(refused);
        return;
      }
      const timestamp = String(Math.floor(options.now().getTime() / 1000));
      const request = (url.protocol === 'https:' ? https : http).request(url, {
        method: 'POST',
        agent: false,
        lookup: guardedLookup(options),
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(stop === undefined ? [] : [stop])]),
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': body.length,
          'User-Agent': `rauc-simple-server/${options.version}`,
          'Webhook-Id': id,
          'Webhook-Timestamp': timestamp,
          'Webhook-Signature': sign(secret, id, timestamp, body),
        },
      });
      // Several of these may happen: the first one counts.
      request.once('response', (response) => {
        const { statusCode = 0 } = response;
        response.on('error', () => undefined).destroy();
        resolve(statusCode >= 200 && statusCode < 300 ? null : answered(statusCode));
      });
      request.once('upgrade', ({ statusCode = 101 }, socket) => {
        socket.on('error', () => undefined).destroy();
        resolve(answered(statusCode));
      });
      request.on('error', (error: Error) => resolve(whyFailed(error)));
      request.once('close', () => resolve(circumstance('receiver-hung-up')));
      request.end(body);
    });
}

/** Signs as in the Standard Webhooks specification, version 1: HMAC-SHA256 over id, timestamp and body. */
function sign(secret: string, id: string, timestamp: string, body: Buffer): string {
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret);
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
  return `v1,${mac.digest('base64')}`;
}
