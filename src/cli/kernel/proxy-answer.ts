import type { IncomingMessage } from 'node:http';
import { DomainError, type ErrorCode } from '../../core/errors';

interface Meaning {
  readonly code: ErrorCode;
  /** What the proxy did, worded to follow its name. */
  readonly says: string;
  readonly remedy: string;
}

const noServer =
  'Check that the server is running, and that the proxy forwards to the address of its admin listener and can reach it.';

/** What a proxy's own answers mean (RFC 9110, sections 15.5.14 and 15.6). */
const meanings: Readonly<Record<number, Meaning>> = {
  413: {
    code: 'too-large',
    says: 'refuses a request of this size',
    remedy:
      'Raise its limit: client_max_body_size in nginx, max_size of request_body in Caddy. See docs/reverse-proxy.md.',
  },
  502: { code: 'unavailable', says: 'got no valid answer from the server', remedy: noServer },
  503: { code: 'unavailable', says: 'has no server to forward to', remedy: noServer },
  504: {
    code: 'unavailable',
    says: 'gave up waiting for the server',
    remedy: 'Raise its timeout: proxy_read_timeout in nginx, response_header_timeout in Caddy.',
  },
};

/** Describes an answer that comes from a proxy in front of the server itself; `undefined` for an unknown one. */
export function proxyFailure(response: IncomingMessage, address: string): DomainError | undefined {
  const status = response.statusCode ?? 0;
  const meaning = meanings[status];
  if (meaning === undefined) return undefined;
  const proxy = /^[\w./ ()-]{1,40}$/.exec(String(response.headers.server ?? ''))?.[0];
  const name = proxy === undefined ? '' : ` (${proxy})`;
  return new DomainError(meaning.code, `a proxy at ${address}${name} ${meaning.says}: HTTP ${status}`, {
    remedy: meaning.remedy,
    details: { status, ...(proxy === undefined ? {} : { proxy }) },
  });
}
