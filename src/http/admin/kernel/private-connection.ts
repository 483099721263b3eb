import type { IncomingMessage } from 'node:http';
import { type IsTrustedProxy, plainAddress } from '../../client-address';
import { isDirect } from './direct-request';

/**
 * Whether nobody on the way can read an answer, as far as the server can tell: it goes to a program on this machine, or to a proxy that
 * is believed and says that it was asked over https. `X-Forwarded-Proto` of anybody else may be made up. Where several proxies each
 * add their word, all have to say so.
 */
export function isPrivate(request: IncomingMessage, isTrusted: IsTrustedProxy): boolean {
  if (isDirect(request)) return true;
  const peer = plainAddress(request.socket.remoteAddress);
  if (peer === null || !isTrusted(peer)) return false;
  const schemes = String(request.headers['x-forwarded-proto'] ?? '').split(',');
  return schemes.every((scheme) => scheme.trim().toLowerCase() === 'https');
}
