import type { IncomingMessage } from 'node:http';
import { type IsTrustedProxy, plainAddress } from '../../client-address';
import { isDirect } from './direct-request';

/**
 * Whether no one on the way can read an answer, as far as the server can tell: the answer goes to a program on this
 * machine, or to a trusted proxy that says it was asked over https. `X-Forwarded-Proto` from anyone else may be forged.
 * If several proxies each add a value, all must say https.
 */
export function isPrivate(request: IncomingMessage, isTrusted: IsTrustedProxy): boolean {
  if (isDirect(request)) return true;
  const peer = plainAddress(request.socket.remoteAddress);
  if (peer === null || !isTrusted(peer)) return false;
  const schemes = String(request.headers['x-forwarded-proto'] ?? '').split(',');
  return schemes.every((scheme) => scheme.trim().toLowerCase() === 'https');
}
