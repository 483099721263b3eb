import { plainAddress } from '../../client-address';

/**
 * What a device calls the server: the name in its TLS handshake (SNI, RFC 6066, section 3), which names no addresses; without one, the
 * address that it came in on.
 */
export function askedName({
  servername,
  localAddress,
}: {
  /** Node has `false` for none. */
  readonly servername?: unknown;
  readonly localAddress?: string | undefined;
}): string | null {
  if (typeof servername === 'string' && servername !== '') return servername;
  return plainAddress(localAddress);
}
