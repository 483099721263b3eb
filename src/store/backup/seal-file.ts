import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readExactly } from '../../base/files/read-exactly';
import { DomainError } from '../../core/errors';

/** Starts a sealed file. It is followed by the salt, the nonce, the encrypted bytes, and the AES-256-GCM tag. */
const magic = Buffer.from('RSS-SEALED-1\n');
const saltSize = 16;
const nonceSize = 12;
const tagSize = 16;
const headSize = magic.length + saltSize + nonceSize;

/** Each guess costs 64 MiB and about a fifth of a second (RFC 7914, section 2). */
const cost = { N: 1 << 16, r: 8, p: 1, maxmem: 128 << 20 };

/** Encrypts a file into a new file. */
export async function sealFile(from: string, to: string, passphrase: string): Promise<void> {
  const salt = randomBytes(saltSize);
  const nonce = randomBytes(nonceSize);
  const head = Buffer.concat([magic, salt, nonce]);
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), nonce).setAAD(head);
  const output = createWriteStream(to, { flags: 'wx', mode: 0o600 });
  output.write(head);
  await pipeline(createReadStream(from), cipher, output);
  await appendFile(to, cipher.getAuthTag());
}

/**
 * Decrypts a file into a new one, which must not be used if this rejects.
 * @throws DomainError `forbidden` for a wrong passphrase or changed bytes
 */
export async function openSealedFile(from: string, to: string, passphrase: string): Promise<void> {
  const { size } = await stat(from);
  if (size < headSize + tagSize) throw wrong();
  const handle = await open(from, 'r');
  try {
    const head = await readExactly(handle, 0, headSize);
    const tag = await readExactly(handle, size - tagSize, tagSize);
    if (!head.subarray(0, magic.length).equals(magic)) throw wrong();
    const salt = head.subarray(magic.length, magic.length + saltSize);
    const nonce = head.subarray(magic.length + saltSize);
    const decipher = createDecipheriv('aes-256-gcm', await keyOf(passphrase, salt), nonce, {
      authTagLength: tagSize,
    })
      .setAAD(head)
      .setAuthTag(tag);
    const sealed = createReadStream(from, { start: headSize, end: size - tagSize - 1 });
    const output = createWriteStream(to, { flags: 'wx', mode: 0o600 });
    let isSound = true;
    decipher.once('error', () => (isSound = false));
    await pipeline(sealed, decipher, output).catch((error: unknown) => {
      throw isSound ? error : wrong();
    });
  } finally {
    await handle.close();
  }
}

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 32, cost, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function wrong(): DomainError {
  return DomainError.of('passphrase-wrong');
}
