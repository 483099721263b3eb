import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { makeFolder } from '../../base/files/make-folder';
import { DomainError } from '../../core/errors';
import type { OpenFile, StageOptions } from '../../ports/bundle-storage';
import { storing } from '../storage-error';
import { openWrittenFile } from './bundle-file';
import type { Place, Written } from './upload-tasks';
import type { UploadWriter } from './upload-writer';

/** How many uploads are received or inspected at once: each takes two threads, memory and a file. */
const maxUploads = 16;

/** Creates or empties the folder: removes what a killed server was receiving. @throws DomainError `storage-full`, `unavailable` */
export function cleanIncoming(folder: string): Promise<void> {
  return storing(async () => {
    await makeFolder(folder, 0o700);
    for (const name of await readdir(folder))
      await rm(path.join(folder, name), { recursive: true, force: true });
  });
}

/** A complete upload without a name. */
export class IncomingFile {
  #isThere = true;

  /** @param remove ends the writer and removes its file */
  constructor(
    private readonly file: string,
    private readonly writer: Pick<UploadWriter, 'keep'>,
    private readonly remove: () => Promise<void>,
    readonly written: Written,
  ) {}

  async open(): Promise<OpenFile> {
    this.#mustBeThere();
    return await storing(() => Promise.resolve(openWrittenFile(this.file)));
  }

  /**
   * Gives it its name once it is on disk. When the promise resolves, the name is on disk too. When it rejects, nothing has the name, unless
   * another file had it before.
   */
  async keep(place: Place): Promise<void> {
    this.#mustBeThere();
    try {
      await storing(() => this.writer.keep(place));
    } catch (error) {
      if (!place.replaces) await removeSecondName(this.file, place.file);
      throw error;
    }
  }

  async discard(): Promise<void> {
    if (!this.#isThere) return;
    this.#isThere = false;
    await this.remove();
  }

  #mustBeThere(): void {
    if (!this.#isThere) throw new Error('this upload was stored or discarded before');
  }
}

/** Where uploads are written before they become visible. Anything that a crash leaves there is worthless. */
export class IncomingFiles {
  #uploads = 0;

  /**
   * @param newName returns a name that has never been used before
   * @param write starts writing a file that does not exist
   */
  constructor(
    private readonly folder: string,
    private readonly newName: () => string,
    private readonly write: (file: string) => UploadWriter,
  ) {}

  /**
   * Writes a stream to a new file. After an error, the caller must handle the rest of the stream.
   * @throws DomainError `too-large`, `storage-full`, `invalid-input`, `unavailable`
   */
  async stage(content: Readable, { limitBytes, signal }: StageOptions): Promise<IncomingFile> {
    if (this.#uploads >= maxUploads) throw tooMany();
    if (signal !== undefined) addAbortSignal(signal, content);
    const file = path.join(this.folder, this.newName());
    const writer = this.write(file);
    this.#uploads += 1;
    const remove = () => this.#remove(file, writer);
    try {
      const written = await storing(() => receive(content, writer, limitBytes));
      return new IncomingFile(file, writer, remove, written);
    } catch (error) {
      await remove();
      throw error;
    }
  }

  async #remove(file: string, writer: UploadWriter): Promise<void> {
    try {
      await writer.discard();
    } catch {
      await rm(file, { force: true }); // nothing writes to it now
    } finally {
      this.#uploads -= 1;
    }
  }
}

async function receive(content: Readable, writer: UploadWriter, limitBytes: number): Promise<Written> {
  let sizeBytes = 0;
  for await (const piece of piecesOf(content)) {
    sizeBytes += piece.length;
    if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
    await writer.write(piece);
  }
  if (sizeBytes === 0) throw DomainError.of('upload-empty');
  return await writer.finish();
}

/** Marks errors of the stream as the sender's fault, unlike those of the disk. */
async function* piecesOf(content: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const piece of content.iterator({ destroyOnReturn: false })) {
      yield Buffer.isBuffer(piece) ? piece : Buffer.from(piece as string | Uint8Array);
    }
  } catch (error) {
    throw DomainError.of('upload-broke-off', {}, { cause: error });
  }
}

/** A writer that died may have given the file its name without reporting it: then both are names of the same file. */
async function removeSecondName(file: string, second: string): Promise<void> {
  try {
    const [own, other] = await Promise.all([lstat(file), lstat(second)]);
    if (own.dev === other.dev && own.ino === other.ino) await rm(second);
  } catch {
    // One of them is missing, or the disk fails: the next start checks the folder.
  }
}

function tooLarge(limitBytes: number): DomainError {
  return DomainError.of('bundle-too-large', { limitBytes }, { details: { limitBytes } });
}

function tooMany(): DomainError {
  return DomainError.of('too-many-uploads', { limit: maxUploads });
}
