import { readHeader } from '../x509/bounds';
import { Malformed } from '../x509/malformed';
import { explicit, tags } from '../x509/tags';

/** `peer` in OpenSSL's SSL_SESSION: the certificate that the other side showed (ssl/ssl_asn1.c). */
const peerTag = explicit(3);

/**
 * The peer's certificate in a TLS session, as `tls.TLSSocket.getSession()` returns it. Taking it from there costs a tenth of
 * `getPeerX509Certificate()`, which decodes the whole chain again.
 * @returns a copy of its DER, because a session also contains secrets; `undefined` if there is none, or the session has an unknown form
 */
export function certificateInSession(session: Buffer): Buffer | undefined {
  try {
    return findPeer(session);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Reads only the headers of the fields before it. @throws Malformed */
function findPeer(session: Buffer): Buffer | undefined {
  const outer = readHeader(session, 0, session.length, 'DER');
  if (outer.tag !== tags.sequence) return undefined;
  for (let at = outer.contentStart; at < session.length;) {
    const { tag, contentStart, length = 0 } = readHeader(session, at, session.length, 'DER');
    at = contentStart + length;
    if (at > session.length) return undefined;
    if (tag === peerTag) return Buffer.from(session.subarray(contentStart, at));
  }
  return undefined;
}
