import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, pack } from 'tar-stream';
import { DomainError } from '../../core/errors';

/** One file that goes into an archive. */
export interface TarPart {
  readonly name: string;
  readonly sizeBytes: number;
  /** Called when the file is due. */
  readonly open: () => Readable | Promise<Readable>;
}

export interface WrittenPart {
  readonly name: string;
  readonly sha256: string;
}

/**
 * Writes files into a new archive and hashes each on the way.
 * @param last makes the text of the final file from what was written
 */
export async function writeTar(
  file: string,
  parts: readonly TarPart[],
  last?: { readonly name: string; readonly text: (written: readonly WrittenPart[]) => string },
): Promise<void> {
  const archive = pack();
  const writing = pipeline(archive, createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }));
  const failed = writing.then(
    () => Promise.reject(new Error('the archive ended early')),
    (error: unknown) => Promise.reject(error instanceof Error ? error : new Error(String(error))),
  );
  failed.catch(() => undefined); // reported to the code that waits for a part
  try {
    const written: WrittenPart[] = [];
    for (const part of parts) {
      const hash = createHash('sha256');
      const entry = archive.entry({ name: part.name, size: part.sizeBytes, mode: 0o600 });
      const source = await part.open();
      await Promise.race([pipeline(source, hashing(hash), entry), failed]);
      written.push({ name: part.name, sha256: hash.digest('hex') });
    }
    if (last !== undefined) archive.entry({ name: last.name, mode: 0o600 }, last.text(written));
    archive.finalize();
    await writing;
  } catch (error) {
    archive.destroy();
    await writing.catch(() => undefined);
    throw error;
  }
}

/**
 * Reads an archive, file by file. Anything but a plain file is refused.
 * @param take gets each file, and must read all of it
 * @throws DomainError `invalid-input` for an incomplete or invalid archive
 */
export async function readTar(
  file: string,
  take: (name: string, content: Readable, sizeBytes: number) => Promise<void>,
): Promise<void> {
  const reader = extract();
  const source = createReadStream(file);
  const pumping = pipeline(source, reader);
  pumping.catch(() => undefined); // the loop reports it
  try {
    for await (const entry of reader) {
      const { name, type, size } = entry.header;
      if (type !== 'file') throw DomainError.of('archive-entry-not-a-file', { name });
      await take(name, entry, size ?? 0);
    }
    await pumping;
  } catch (error) {
    source.destroy();
    throw isTarError(error) ? broken(file, error) : error;
  }
}

/** Hashes what passes through. */
export function hashing(hash: { update(piece: Buffer): unknown }): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece);
      done(null, piece);
    },
  });
}

function isTarError(error: unknown): boolean {
  return error instanceof Error && /tar|Unexpected end of data/i.test(error.message) && !('code' in error);
}

function broken(file: string, cause: unknown): DomainError {
  return DomainError.of('archive-incomplete', { file }, { cause });
}
