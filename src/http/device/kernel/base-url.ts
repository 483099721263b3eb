import { isIPv6 } from 'node:net';
import { hostOfUrl } from '../../../base/text/host-of-url';

/** Facts of a listener. */
export interface BaseUrlFacts {
  /** Whether the server certificate covers a host. */
  readonly coversHost: (host: string) => boolean;
  /** Names and addresses of the server certificate. */
  readonly certificateNames: () => readonly string[];
  readonly port: () => number;
}

/**
 * The URL, without a trailing slash, at which a device reaches this server again. It is the one that the device just used if
 * the certificate covers it; TLS would fail for any other.
 * @returns chooses the URL by the host and port that the device's request names
 */
export function createBaseUrl(facts: BaseUrlFacts): (authority: string | undefined) => string {
  let asked = readAuthority(undefined);
  return (authority) => {
    if (asked.authority !== authority) asked = readAuthority(authority); // a fleet uses one name
    const { origin, host } = asked;
    if (host !== undefined && facts.coversHost(host)) return origin;
    const name = facts.certificateNames().find((candidate) => !candidate.startsWith('*')) ?? 'localhost';
    return new URL(`https://${isIPv6(name) ? `[${name}]` : name}:${facts.port()}`).origin;
  };
}

function readAuthority(authority: string | undefined) {
  const url = parseAuthority(authority);
  return url === undefined ? { authority } : { authority, origin: url.origin, host: hostOfUrl(url) };
}

/** The URL of a host and port that someone names; `undefined` for anything else. */
export function parseAuthority(
  authority: string | undefined,
  scheme: 'http' | 'https' = 'https',
): URL | undefined {
  if (authority === undefined || !/^[A-Za-z0-9._:[\]-]+$/.test(authority)) return undefined;
  const url = `${scheme}://${authority}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}
