import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../core/errors';
import type { Sealing } from '../ports/sealing';
import { ensureFolder, keyMode, publish, readIfExists, syncFolder, writeTemporary } from './durable-file';
import { withFolderLock } from './folder-lock';

/**
 * The key that seals the tokens of devices, and keys of devices that several servers share. It is not part of the database, so a copy of
 * the database reveals none of them.
 */
export const tokenKeyName = 'device-tokens.key';

const algorithm = 'aes-256-gcm';
const keySizeBytes = 32;
const ivSizeBytes = 12;
const tagSizeBytes = 16;
const version = 'v1.';

/**
 * Seals with AES-256-GCM (NIST SP 800-38D) and the key in a file of the `certs/` folder, as hex. The 96-bit IV is random, which is safe
 * for billions of tokens.
 * @param options `isReadOnly`: whether the folder is the same for several servers, so that none of them makes the key
 */
export function openTokenKey(certsDir: string, { isReadOnly = false } = {}): Sealing {
  const path = join(certsDir, tokenKeyName);

  async function findKey(): Promise<Buffer | undefined> {
    const text = await readIfExists(path);
    if (text === undefined) return undefined;
    if (!/^[0-9a-f]{64}\s*$/i.test(text)) throw DomainError.of('token-key-damaged', { path });
    return Buffer.from(text.trim(), 'hex');
  }

  async function getKey(): Promise<Buffer> {
    const key = await findKey();
    if (key === undefined) throw DomainError.of('token-key-missing', { path });
    return key;
  }

  async function makeKey(): Promise<Buffer> {
    if (isReadOnly) throw DomainError.of('token-key-not-made', { path });
    await makeTokenKey(certsDir);
    return getKey();
  }

  return {
    async seal(text, context, mayMakeKey) {
      const key = mayMakeKey ? ((await findKey()) ?? (await makeKey())) : await getKey();
      const iv = randomBytes(ivSizeBytes);
      const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagSizeBytes });
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return version + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
    },

    async open(sealed, context) {
      const key = await getKey();
      const bytes = Buffer.from(sealed.slice(version.length), 'base64url');
      try {
        if (!sealed.startsWith(version)) throw new Error('it is of another version');
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivSizeBytes), {
          authTagLength: tagSizeBytes,
        });
        decipher.setAAD(Buffer.from(context));
        decipher.setAuthTag(bytes.subarray(ivSizeBytes, ivSizeBytes + tagSizeBytes));
        const body = bytes.subarray(ivSizeBytes + tagSizeBytes);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw DomainError.of('token-key-wrong', { path }, { cause });
      }
    },
  };
}

/** Makes the key if there is none. If two do so at once, the first one stays. @throws DomainError */
export async function makeTokenKey(folder: string): Promise<void> {
  const path = join(folder, tokenKeyName);
  await ensureFolder(folder);
  await withFolderLock(folder, async () => {
    if ((await readIfExists(path)) !== undefined) return;
    const temporary = await writeTemporary(folder, `${randomBytes(keySizeBytes).toString('hex')}\n`, keyMode);
    try {
      await publish(temporary, path);
      await syncFolder(folder);
    } finally {
      await rm(temporary, { force: true });
    }
  });
}
