import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { makeFolder } from '../../base/files/make-folder';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import type { OpenFile, StageOptions } from '../../ports/bundle-storage';
import { storing } from '../storage-error';
import { openBundleFile } from './bundle-file';

/** Makes the folder, empty: removes what a killed server was receiving. @throws DomainError `storage-full`, `unavailable` */
export function cleanIncoming(folder: string): Promise<void> {
  return storing(async () => {
    await makeFolder(folder, 0o700);
    for (const name of await readdir(folder))
      await rm(path.join(folder, name), { recursive: true, force: true });
  });
}

/** A complete, synced upload that has no name yet. */
export class IncomingFile {
  #isThere = true;

  constructor(
    private readonly file: string,
    readonly sha256: string,
    readonly sizeBytes: number,
  ) {}

  /** Where it lies, until it is discarded. */
  get path(): string {
    if (!this.#isThere) throw new Error('this upload was stored or discarded before');
    return this.file;
  }

  open(): Promise<OpenFile> {
    return storing(() => openBundleFile(this.path));
  }

  /** Whoever moved it away says so by this, too. */
  async discard(): Promise<void> {
    if (!this.#isThere) return;
    this.#isThere = false;
    await rm(this.file, { force: true });
  }
}

/** The place where uploads are written before anybody can see them. What a crash leaves there is worthless. */
export class IncomingFiles {
  /** @param newName a name that was never used before */
  constructor(
    private readonly folder: string,
    private readonly newName: () => string,
  ) {}

  /**
   * Writes a stream to a new file and syncs it. After an error the rest of the stream is the caller's.
   * @throws DomainError `too-large`, `storage-full`, `invalid-input`
   */
  async stage(content: Readable, options: StageOptions): Promise<IncomingFile> {
    const file = path.join(this.folder, this.newName());
    try {
      const { sha256, sizeBytes } = await storing(() => write(file, content, options));
      return new IncomingFile(file, sha256, sizeBytes);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }
}

async function write(file: string, content: Readable, { limitBytes, signal }: StageOptions) {
  if (signal !== undefined) addAbortSignal(signal, content);
  const handle = await openNew(file);
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const piece of piecesOf(content)) {
      sizeBytes += piece.length;
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      hash.update(piece);
      await writeAll(handle, piece);
    }
    if (sizeBytes === 0) throw DomainError.of('upload-empty');
    await handle.sync();
    return { sha256: hash.digest('hex'), sizeBytes };
  } finally {
    await handle.close();
  }
}

/** The disk may have had no room for the folder at the start. */
async function openNew(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    await makeFolder(path.dirname(file), 0o700);
    return await open(file, 'wx', 0o600);
  }
}

/** An error of the stream is the sender's fault, unlike one of the disk. */
async function* piecesOf(content: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const piece of content.iterator({ destroyOnReturn: false })) {
      yield Buffer.isBuffer(piece) ? piece : Buffer.from(piece as string | Uint8Array);
    }
  } catch (error) {
    throw DomainError.of('upload-broke-off', {}, { cause: error });
  }
}

async function writeAll(handle: FileHandle, piece: Buffer): Promise<void> {
  let written = 0;
  while (written < piece.length) {
    written += (await handle.write(piece, written)).bytesWritten;
  }
}

function tooLarge(limitBytes: number): DomainError {
  return DomainError.of('bundle-too-large', { limitBytes }, { details: { limitBytes } });
}
