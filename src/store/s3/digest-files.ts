import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../base/files/make-folder';
import { replaceFile } from '../../base/files/replace-file';
import { systemErrorCode } from '../../base/files/system-error';
import { parseSha256 } from '../../core/bundle';
import { readOnlyNoFollow } from '../refuse-links';
import { BlockDigests, blocksOf, type DigestRecords } from './block-digests';

const hashBytes = 32;

/**
 * Digests in a folder, one file for each bundle. A file has the digests, followed by a hash over them. A damaged file counts as
 * missing.
 */
export class DigestFiles implements DigestRecords {
  #saves = 0;

  constructor(private readonly folder: string) {}

  async find(sha256: string, sizeBytes: number): Promise<BlockDigests | undefined> {
    const content = await this.#read(this.#pathOf(sha256));
    if (content?.length !== (blocksOf(sizeBytes) + 1) * hashBytes) return undefined;
    const bytes = content.subarray(0, -hashBytes);
    return hashOf(bytes).equals(content.subarray(-hashBytes))
      ? new BlockDigests(sizeBytes, bytes)
      : undefined;
  }

  async save(sha256: string, { bytes }: BlockDigests): Promise<void> {
    await makeFolder(this.folder, 0o700);
    const file = this.#pathOf(sha256);
    // Two uploads of one bundle save the same at the same time.
    const temporary = `${file}.${(this.#saves += 1)}.part`;
    await replaceFile(file, Buffer.concat([bytes, hashOf(bytes)]), { mode: 0o600, temporary });
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.#pathOf(sha256), { force: true });
  }

  #pathOf(sha256: string): string {
    return path.join(this.folder, parseSha256(sha256));
  }

  async #read(file: string): Promise<Buffer | undefined> {
    try {
      const handle = await open(file, readOnlyNoFollow);
      try {
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (['ENOENT', 'ELOOP', 'EISDIR'].includes(systemErrorCode(error) ?? '')) return undefined;
      throw error;
    }
  }
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
