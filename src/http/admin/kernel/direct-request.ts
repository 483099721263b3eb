import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../../base/text/loopback';
import { plainAddress } from '../../client-address';
import { parseAuthority } from './host-guard';

/** What proxies say about whom they ask for (RFC 7239, RFC 9110 section 7.6.3, and what is used beside them). */
const proxyHeaders =
  /^(?:via|forwarded|x-forwarded(?:-.*)?|x-real-ip|x-(?:original|cluster-client|client|proxyuser)-.*|(?:true-client|cf-connecting|fastly-client|fly-client)-ip|x-envoy-.*|x-proxy-.*|client-ip)$/;

/**
 * Whether a request comes from a program on this machine, as far as the request shows: it connects from loopback, names
 * loopback as its host, speaks HTTP/1.1, and no proxy says that it hands on somebody else's. A proxy of this machine that
 * says nothing speaks HTTP/1.0 (the bare `proxy_pass` of nginx before 1.29.7); one that hands on bytes alone, or says nothing in
 * HTTP/1.1, cannot be told from a program (docs/reverse-proxy.md).
 */
export function isDirect({ socket, headers, httpVersion }: IncomingMessage): boolean {
  const address = plainAddress(socket.remoteAddress) ?? '';
  const host = parseAuthority(headers.host ?? '')?.host ?? '';
  if (!isLoopback(address) || !isLoopback(host) || httpVersion !== '1.1') return false;
  return !Object.keys(headers).some((name) => proxyHeaders.test(name));
}
