/**
 * Parses a body as tolerantly as is safe: SWUpdate leaves control characters and invalid UTF-8 in its strings.
 * @throws SyntaxError
 */
export function parseJsonBody(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8').replace(/\p{Cc}/gu, ' ')) as unknown;
}
