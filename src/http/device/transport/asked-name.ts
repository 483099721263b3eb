import { plainAddress } from '../../client-address';

/**
 * The name that a device used for the server: the one in its TLS handshake (SNI, RFC 6066, section 3), which cannot be an address;
 * without SNI, the local address of the connection.
 */
export function askedName({
  servername,
  localAddress,
}: {
  /** `false` in Node if there is none. */
  readonly servername?: unknown;
  readonly localAddress?: string | undefined;
}): string | null {
  if (typeof servername === 'string' && servername !== '') return servername;
  return plainAddress(localAddress);
}
