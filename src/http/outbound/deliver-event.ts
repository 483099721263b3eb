import { createHmac } from 'node:crypto';
import { lookup, type LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { DeliverEvent } from '../../services/send-webhooks';
import { presentEvent } from '../event-json';
import { isLocalAddress } from './allowed-address';

export interface DeliveryOptions {
  /** Let receivers on this machine and its link be called. */
  readonly allowLocal: boolean;
  readonly version: string;
  readonly now: () => Date;
  /** Of the system when left out. */
  readonly resolve?: (
    hostname: string,
    callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
  ) => void;
}

const timeoutMs = 10_000;

/**
 * Makes what delivers events by HTTP. The address that is really connected to is checked, after the name was resolved: a name
 * that leads here now and elsewhere before gains nothing. Redirects are not followed, and the answer's body is not read.
 */
export function createDeliverEvent(options: DeliveryOptions): DeliverEvent {
  return (webhook, secret, { id, event }, stop) =>
    new Promise((resolve) => {
      const body = Buffer.from(JSON.stringify(presentEvent(event)));
      const url = new URL(webhook.url);
      const literal = url.hostname.replace(/^\[|\]$/g, '');
      if (!options.allowLocal && isIP(literal) !== 0 && isLocalAddress(literal)) {
        resolve(refusal(literal));
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
      request.once('response', (response) => {
        const { statusCode = 0 } = response;
        response.destroy();
        resolve(statusCode >= 200 && statusCode < 300 ? null : `it answered with HTTP ${statusCode}`);
      });
      request.on('error', (error: Error) => {
        resolve(
          error.name === 'TimeoutError' || error.name === 'AbortError'
            ? `no answer within ${timeoutMs / 1000} s`
            : error.message,
        );
      });
      request.end(body);
    });
}

/** As in the Standard Webhooks specification, version 1: HMAC-SHA256 over id, timestamp and body. */
function sign(secret: string, id: string, timestamp: string, body: Buffer): string {
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret);
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
  return `v1,${mac.digest('base64')}`;
}

function guardedLookup({ allowLocal, resolve = systemLookup }: DeliveryOptions): LookupFunction {
  return (hostname, { all }, callback) => {
    resolve(hostname, (error, addresses) => {
      const allowed = allowLocal ? addresses : addresses.filter(({ address }) => !isLocalAddress(address));
      const [first] = allowed;
      if (error !== null) callback(error, '');
      else if (first === undefined) callback(new Error(refusal(hostname)), '');
      else if (all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

function systemLookup(
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
): void {
  lookup(hostname, { all: true }, callback);
}

function refusal(host: string): string {
  return `${host} is this machine or its link, which webhooks may not call (WEBHOOK_ALLOW_LOCAL)`;
}
