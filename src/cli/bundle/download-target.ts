import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../base/files/replace-file';
import { isOutOfSpace, systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import type { Output } from '../kernel/wiring';
import type { WantedContent } from './fetch-content';

/** Where the bytes of a download go, in order. */
export interface DownloadTarget {
  /** How many bytes an interrupted download has left there. */
  readonly startAt: number;
  write(piece: Buffer): Promise<void>;
  /** Call it when all bytes are written. @throws DomainError `unavailable` when they are not the bundle's */
  complete(): Promise<void>;
  /** Closes it, complete or not. */
  close(): Promise<void>;
}

export interface FileRequest {
  /** Absolute. */
  readonly file: string;
  readonly isForced: boolean;
}

/**
 * A file that gets its name only when it is complete and has the right hash. Until then, it is in the same folder under
 * a name with that hash: the next download of the same bytes resumes it, even after this process was killed.
 */
export class FileTarget implements DownloadTarget {
  readonly #hash = createHash('sha256');
  #sizeBytes = 0;

  private constructor(
    private readonly part: FileHandle,
    private readonly partPath: string,
    private readonly content: WantedContent,
    private readonly request: FileRequest,
  ) {}

  /** @throws DomainError `conflict` when the file exists and may not be replaced */
  static async open(content: WantedContent, request: FileRequest): Promise<FileTarget> {
    await refuseExisting(request);
    const partPath = `${request.file}.${content.sha256.slice(0, 12)}.part`;
    // Follows no link that someone else put there.
    const part = await open(partPath, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o644);
    const target = new FileTarget(part, partPath, content, request);
    try {
      await target.#takeUp();
      return target;
    } catch (error) {
      await part.close();
      throw error;
    }
  }

  get startAt(): number {
    return this.#sizeBytes;
  }

  async #takeUp(): Promise<void> {
    const stats = await this.part.stat();
    if (!stats.isFile()) throw new DomainError('conflict', `${this.partPath} is not a file`);
    if (stats.size > this.content.sizeBytes) await this.part.truncate(0);
    const there = this.part.createReadStream({ start: 0, autoClose: false });
    for await (const piece of there as AsyncIterable<Buffer>) this.#count(piece);
  }

  #count(piece: Buffer): void {
    this.#hash.update(piece);
    this.#sizeBytes += piece.length;
  }

  async write(piece: Buffer): Promise<void> {
    try {
      for (let done = 0; done < piece.length;) {
        const rest = piece.length - done;
        done += (await this.part.write(piece, done, rest, this.#sizeBytes + done)).bytesWritten;
      }
    } catch (cause) {
      if (!isOutOfSpace(cause)) throw cause;
      throw new DomainError('storage-full', `no space left to write ${this.partPath}`, {
        cause,
        remedy: 'Free some space, then run the command again: it resumes where it stopped.',
      });
    }
    this.#count(piece);
  }

  async complete(): Promise<void> {
    const { file } = this.request;
    if (this.#hash.digest('hex') !== this.content.sha256) {
      await rm(this.partPath, { force: true });
      throw otherBytes(this.content.name);
    }
    await this.part.sync();
    await refuseExisting(this.request);
    await rename(this.partPath, file);
    await syncFolder(path.dirname(file));
  }

  async close(): Promise<void> {
    await this.part.close();
    if (this.#sizeBytes === 0) await rm(this.partPath, { force: true }); // nothing to resume
  }
}

/** Standard output: what was written cannot be taken back, so only the exit code says whether it was the bundle. */
export class OutputTarget implements DownloadTarget {
  readonly startAt = 0;
  readonly #hash = createHash('sha256');

  constructor(
    private readonly output: Output,
    private readonly content: WantedContent,
  ) {}

  write(piece: Buffer): Promise<void> {
    this.#hash.update(piece);
    return new Promise((resolve, reject) => {
      this.output.write(piece, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
  }

  complete(): Promise<void> {
    const isSame = this.#hash.digest('hex') === this.content.sha256;
    return isSame ? Promise.resolve() : Promise.reject(otherBytes(this.content.name));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function refuseExisting({ file, isForced }: FileRequest): Promise<void> {
  const stats = await lstat(file).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (stats === undefined) return;
  if (isForced && (stats.isFile() || stats.isSymbolicLink())) return;
  if (isForced) {
    throw new DomainError('conflict', `${file} is not a regular file and was not replaced`, {
      remedy: 'Name another file, or - for standard output.',
    });
  }
  throw new DomainError('conflict', `${file} already exists`, {
    remedy: 'Name another file, or replace it with --force.',
  });
}

function otherBytes(name: string): DomainError {
  return new DomainError('unavailable', `the download is not ${name}: its SHA-256 differs`, {
    remedy: 'Download it again. If that does not help, check the proxies between here and the server.',
  });
}
