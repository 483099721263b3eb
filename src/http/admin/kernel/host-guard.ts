import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { DomainError } from '../../../core/errors';

/** A `Host` header or the authority of an origin, in lower case: `localhost:8080`, `[::1]:8080`. */
export interface Authority {
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  /** Empty for the scheme's default port. */
  readonly port: string;
}

/** Splits a `Host` header (RFC 9110, section 7.2); `undefined` when it is malformed. */
export function parseAuthority(text: string): Authority | undefined {
  const match = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::(\d{1,5}))?$/i.exec(text);
  if (match === null) return undefined;
  const [, address, name, port = ''] = match;
  if (address !== undefined && isIP(address) !== 6) return undefined;
  return { host: (address ?? name ?? '').toLowerCase(), port };
}

/** Whether a configured name, with or without a port, matches this authority. */
function isNamedHost(authority: Authority, adminHosts: readonly string[]): boolean {
  return adminHosts.some((entry) => {
    const named = parseAuthority(entry);
    return named?.host === authority.host && (named.port === '' || named.port === authority.port);
  });
}

/** Whether a configured name equals this authority: both with the same port, or both without one. */
export function hasNamedPort({ host, port }: Authority, adminHosts: readonly string[]): boolean {
  return adminHosts.some((entry) => {
    const named = parseAuthority(entry);
    return named?.host === host && named.port === port;
  });
}

/**
 * Refuses requests for hosts that are not ours. A web page can make its own name resolve to this machine (DNS
 * rebinding), and then counts as same-origin in the browser; but it cannot make the browser send another name, or an
 * IP address, as `Host`.
 * @throws DomainError `forbidden`; `invalid-input` for a request without exactly one host
 */
export function hostGuard(adminHosts: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const sent = request.headersDistinct.host ?? [];
    const authority = sent.length === 1 ? parseAuthority(sent[0] ?? '') : undefined;
    // An absolute-form target would name a second, different host (RFC 9112, section 3.2.2).
    if (authority === undefined || !request.url.startsWith('/')) {
      throw DomainError.of('host-not-named-once');
    }
    const isOurs =
      authority.host === 'localhost' || isIP(authority.host) !== 0 || isNamedHost(authority, adminHosts);
    if (!isOurs) {
      throw DomainError.of('host-unknown', { host: authority.host });
    }
    next();
  };
}
