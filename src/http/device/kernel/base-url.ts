import { isIPv6 } from 'node:net';
import { hostOfUrl } from '../../../base/text/host-of-url';

export interface BaseUrlFacts {
  /** SERVER_URL; `null` when it is not configured. */
  readonly configured: string | null;
  /** Host and port that the device used, according to its request. */
  readonly authority: string | undefined;
  /** Whether the server certificate covers a host. */
  readonly coversHost: (host: string) => boolean;
  /** Names and addresses of the server certificate. */
  readonly certificateNames: readonly string[];
  readonly port: number;
}

/**
 * The URL, without a trailing slash, by which a device reaches this server again. Without SERVER_URL it is the one
 * that the device just used, if the certificate covers it: any other could not be opened over TLS.
 */
export function chooseBaseUrl(facts: BaseUrlFacts): string {
  if (facts.configured !== null) return facts.configured.replace(/\/+$/, '');
  const asked = parseAuthority(facts.authority);
  if (asked !== undefined && facts.coversHost(hostOfUrl(asked))) return asked.origin;
  const name = facts.certificateNames.find((candidate) => !candidate.startsWith('*')) ?? 'localhost';
  return new URL(`https://${isIPv6(name) ? `[${name}]` : name}:${facts.port}`).origin;
}

/** The URL of a host and port that somebody names; `undefined` for anything else. */
export function parseAuthority(
  authority: string | undefined,
  scheme: 'http' | 'https' = 'https',
): URL | undefined {
  if (authority === undefined || !/^[A-Za-z0-9._:[\]-]+$/.test(authority)) return undefined;
  const url = `${scheme}://${authority}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}
