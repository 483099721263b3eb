import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { DomainError } from '../../core/errors';
import { storing } from '../storage-error';

/** A complete, synced file that has no name yet. */
export interface StagedFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

interface StageOptions {
  readonly limitBytes: number;
  readonly signal?: AbortSignal;
}

export type IncomingFiles = ReturnType<typeof createIncomingFiles>;

/**
 * The place where uploads are written before anybody can see them. What a crash leaves there is worthless.
 * @param newName a name that was never used before
 */
export function createIncomingFiles(folder: string, newName: () => string) {
  const paths = new WeakMap<StagedFile, string>();
  const pathOf = (staged: StagedFile): string => {
    const file = paths.get(staged);
    if (file === undefined) throw new Error('this upload was stored or discarded before');
    return file;
  };
  return {
    pathOf,

    /** Makes the folder, empty. */
    clean: (): Promise<void> =>
      storing(async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        for (const name of await readdir(folder))
          await rm(path.join(folder, name), { recursive: true, force: true });
      }),

    /**
     * Writes a stream to a new file and syncs it. After an error the rest of the stream is the caller's.
     * @throws DomainError `too-large`, `storage-full`, `invalid-input`
     */
    stage: async (content: Readable, options: StageOptions): Promise<StagedFile> => {
      const file = path.join(folder, newName());
      const staged = await storing(() => write(file, content, options)).catch(async (error: unknown) => {
        await rm(file, { force: true });
        throw error;
      });
      paths.set(staged, file);
      return staged;
    },

    discard: async (staged: StagedFile): Promise<void> => {
      const file = paths.get(staged);
      paths.delete(staged);
      if (file !== undefined) await rm(file, { force: true });
    },
  };
}

async function write(
  file: string,
  content: Readable,
  { limitBytes, signal }: StageOptions,
): Promise<StagedFile> {
  if (signal !== undefined) addAbortSignal(signal, content);
  const handle = await open(file, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const piece of piecesOf(content)) {
      sizeBytes += piece.length;
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      hash.update(piece);
      await writeAll(handle, piece);
    }
    if (sizeBytes === 0) throw new DomainError('invalid-input', 'the upload is empty');
    await handle.sync();
    return { sha256: hash.digest('hex'), sizeBytes };
  } finally {
    await handle.close();
  }
}

/** An error of the stream is the sender's fault, unlike one of the disk. */
async function* piecesOf(content: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const piece of content.iterator({ destroyOnReturn: false })) {
      yield Buffer.isBuffer(piece) ? piece : Buffer.from(piece as string | Uint8Array);
    }
  } catch (error) {
    throw new DomainError('invalid-input', 'the upload broke off', {
      cause: error,
      remedy: 'Send it again.',
    });
  }
}

async function writeAll(handle: FileHandle, piece: Buffer): Promise<void> {
  let written = 0;
  while (written < piece.length) {
    written += (await handle.write(piece, written)).bytesWritten;
  }
}

function tooLarge(limitBytes: number): DomainError {
  return new DomainError('too-large', `the bundle is larger than ${limitBytes} bytes`, {
    remedy: 'Raise UPLOAD_LIMIT if bundles of this size are wanted.',
    details: { limitBytes },
  });
}
