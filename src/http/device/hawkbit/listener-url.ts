import { type IsTrustedProxy, plainAddress } from '../../client-address';
import { createBaseUrl, parseAuthority } from '../kernel/base-url';
import type { Exchange } from '../transport/exchange';

export interface ListenerUrlFacts {
  /** The scheme of the listener. */
  readonly scheme: 'http' | 'https';
  readonly isTrustedProxy: IsTrustedProxy;
  /** Whether the server certificate covers a host. */
  readonly coversHost: (host: string) => boolean;
  /** Names and addresses of the server certificate. */
  readonly certificateNames: () => readonly string[];
  readonly port: () => number;
}

/**
 * The address by which a device reaches this listener again: the one that it used. For a trusted proxy, it is the
 * address that the proxy says it received (`X-Forwarded-Proto`, `-Host` and `-Port`).
 */
export function createListenerUrl(facts: ListenerUrlFacts): (exchange: Exchange) => string {
  const { scheme, isTrustedProxy, port } = facts;
  const baseUrl = createBaseUrl(facts);
  return (exchange) => {
    const { authority } = exchange;
    const peer = plainAddress(exchange.connection.socket.remoteAddress);
    const forwarded = peer !== null && isTrustedProxy(peer) ? forwardedUrl(exchange, scheme) : undefined;
    if (forwarded !== undefined) return forwarded;
    if (scheme === 'http') return parseAuthority(authority, scheme)?.origin ?? `http://localhost:${port()}`;
    return baseUrl(authority);
  };
}

/** If several proxies each add a value, the first is what the device used. */
function forwardedUrl(exchange: Exchange, own: 'http' | 'https'): string | undefined {
  const [scheme, host, port] = ['proto', 'host', 'port'].map((what) =>
    exchange.header(`x-forwarded-${what}`)?.split(',')[0]?.trim().toLowerCase(),
  );
  const url = parseAuthority(
    host ?? exchange.authority,
    scheme === 'http' || scheme === 'https' ? scheme : own,
  );
  if (url !== undefined && /^\d{1,5}$/.test(port ?? '')) url.port = port ?? '';
  return url?.origin;
}
