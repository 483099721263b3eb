import type { Exchange, ReplyHeaders } from '../transport/exchange';

/** Answers with JSON; `no-store` unless the headers say otherwise. */
export function sendJson(
  exchange: Exchange,
  content: object,
  status = 200,
  headers: ReplyHeaders = {},
): void {
  const body = Buffer.from(JSON.stringify(content));
  exchange.send(
    status,
    {
      'content-type': 'application/json',
      'content-length': body.length,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body,
  );
}
