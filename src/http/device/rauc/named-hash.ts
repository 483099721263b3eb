import type { Exchange } from '../transport/exchange';

/** None of our clients sends a longer one. */
const headerMaxLength = 1_024;

/** The hash of the bundle that a request says it already has: our ETag (RFC 9110, section 13.1) is that hash. */
export function namedHash(exchange: Exchange): string | null {
  for (const name of ['if-none-match', 'if-match', 'if-range'] as const) {
    const header = exchange.header(name);
    if (header === undefined || header.length > headerMaxLength) continue;
    const found = /"([0-9a-f]{64})"/.exec(header)?.[1];
    if (found !== undefined) return found;
  }
  return null;
}
