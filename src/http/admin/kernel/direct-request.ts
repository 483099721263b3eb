import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../../base/text/loopback';
import { plainAddress } from '../../client-address';
import { parseAuthority } from './host-guard';

/**
 * Headers in which proxies name the client that they act for (RFC 7239, RFC 9110 section 7.6.3, and others in common
 * use).
 */
const proxyHeaders =
  /^(?:via|forwarded|x-forwarded(?:-.*)?|x-real-ip|x-(?:original|cluster-client|client|proxyuser)-.*|(?:true-client|cf-connecting|fastly-client|fly-client)-ip|x-envoy-.*|x-proxy-.*|client-ip)$/;

/**
 * Whether a request comes straight from a program on this machine, as far as it shows: it connects from loopback,
 * names loopback as its host, speaks HTTP/1.1, and carries no header of a proxy. A local proxy that adds no header is
 * still recognized if it speaks HTTP/1.0 (the bare `proxy_pass` of nginx before 1.29.7). One that only passes bytes
 * on, or speaks HTTP/1.1 without such headers, cannot be told from a program (docs/reverse-proxy.md).
 */
export function isDirect({ socket, headers, httpVersion }: IncomingMessage): boolean {
  const address = plainAddress(socket.remoteAddress) ?? '';
  const host = parseAuthority(headers.host ?? '')?.host ?? '';
  if (!isLoopback(address) || !isLoopback(host) || httpVersion !== '1.1') return false;
  return !Object.keys(headers).some((name) => proxyHeaders.test(name));
}
