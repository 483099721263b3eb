import { webcrypto } from 'node:crypto';

/** Hashes bytes in a thread of the pool, so that no device has to wait. @returns 32 bytes */
export async function sha256Of(bytes: Uint8Array): Promise<Buffer> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}
