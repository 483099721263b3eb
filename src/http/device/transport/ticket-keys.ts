import { createHash, createPrivateKey, hkdfSync } from 'node:crypto';

/** A name, a key for HMAC and one for AES, of 16 bytes each, as `ticketKeys` of Node's TLS. */
const sizeBytes = 48;
const dayMs = 86_400_000;

/**
 * The keys that TLS session tickets are encrypted with, by HKDF (RFC 5869). They differ for each CA, so that no session outlives the
 * trust it began with, and for each day (UTC). Node knows one set at a time: after midnight each device makes one full handshake.
 * @param ca PEM: the CAs whose devices are admitted
 */
export function ticketKeysOf(secret: Uint8Array, ca: string, at: Date): Buffer {
  const salt = createHash('sha256').update(ca).digest();
  const day = Math.floor(at.getTime() / dayMs);
  return Buffer.from(
    hkdfSync('sha256', secret, salt, `rauc-simple-server TLS tickets, day ${day}`, sizeBytes),
  );
}

/** A secret that is the same on every server with this private key (PEM). */
export function secretOfKey(key: string): Uint8Array {
  return createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
}
