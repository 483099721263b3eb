import type { RequestHandler } from 'express';
import { DomainError } from '../../../core/errors';
import { hasNamedPort, parseAuthority } from './host-guard';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another web page makes the administrator's browser send (CSRF). Browsers say where a request comes
 * from in `Origin` and `Sec-Fetch-Site`, older ones in `Referer`; programs send none of them and pass.
 * @throws DomainError `forbidden`
 */
export function originGuard(adminHosts: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    if (safeMethods.has(request.method)) {
      next();
      return;
    }
    const site = request.headers['sec-fetch-site'];
    const source = request.headers.origin ?? request.headers.referer;
    const isForeignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
    const isForeignSource =
      source !== undefined && !isOwnOrigin(source, request.headers.host ?? '', adminHosts);
    if (isForeignSite || isForeignSource) {
      throw DomainError.of('origin-foreign');
    }
    next();
  };
}

/** @param source an origin or a URL; `null` and anything that is not a URL never match */
function isOwnOrigin(source: string, host: string, adminHosts: readonly string[]): boolean {
  if (!URL.canParse(source)) return false;
  const { protocol, host: sourceHost } = new URL(source);
  const authority = parseAuthority(sourceHost);
  if (authority === undefined) return false;
  // A TLS proxy changes the scheme, and may change the host: then the name must be configured. Another port of that
  // name is another program, which gets the same cookies from browsers: it must be configured too.
  if ((protocol === 'https:' || protocol === 'http:') && hasNamedPort(authority, adminHosts)) return true;
  return protocol === 'http:' && sourceHost === new URL(`http://${host}`).host;
}
