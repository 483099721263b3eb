import type { Exchange, ReplyHeaders } from '../transport/exchange';

/** Answers with JSON; `no-store` unless the headers say otherwise. */
export function sendJson(
  exchange: Exchange,
  content: object,
  status = 200,
  headers: ReplyHeaders = {},
): void {
  const json = JSON.stringify(content);
  sendJsonText(exchange, { json, sizeBytes: Buffer.byteLength(json) }, status, headers);
}

/** The same for JSON that is already text. */
export function sendJsonText(
  exchange: Exchange,
  { json, sizeBytes }: { readonly json: string; readonly sizeBytes: number },
  status: number,
  headers: ReplyHeaders,
): void {
  exchange.send(
    status,
    {
      'content-type': 'application/json',
      'content-length': sizeBytes,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    json,
  );
}
