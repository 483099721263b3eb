/**
 * Parses a body, as tolerantly as its meaning stays sure: SWUpdate leaves control characters in its texts, and bytes that are no UTF-8.
 * @throws SyntaxError
 */
export function parseJsonBody(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8').replace(/\p{Cc}/gu, ' ')) as unknown;
}
