import { closeSync, fstatSync, openSync, read } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type ReadableFile, readExactly } from '../../base/files/read-exactly';
import type { OpenBytes, OpenFile } from '../../ports/bundle-storage';
import { readOnlyNoFollow } from '../refuse-links';

/** Size of one piece of a streamed read. */
const pieceSizeBytes = 1 << 18;

/** Opens a regular file; refuses symbolic links, and pipes, which might never answer. */
export async function openBundleFile(file: string): Promise<OpenFile> {
  const handle = await open(file, readOnlyNoFollow);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw Object.assign(new Error(`${file} is not a file`), { code: 'ENOENT' });
    return readable(handle, handle.fd, stats.size, () => handle.close());
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const readInto = promisify(read);

/**
 * Opens a file that this process has just written. It is synchronous, because the kernel has everything needed in memory, while the
 * pool's threads, which an asynchronous call would use, may be waiting for the disk.
 * @throws the system's error
 */
export function openWrittenFile(file: string): OpenFile {
  const descriptor = openSync(file, readOnlyNoFollow);
  let isOpen = true;
  return readable(
    { read: (buffer, offset, length, position) => readInto(descriptor, buffer, offset, length, position) },
    descriptor,
    fstatSync(descriptor).size,
    () => {
      if (isOpen) closeSync(descriptor);
      isOpen = false; // another file may get its number
      return Promise.resolve();
    },
  );
}

function readable(
  file: ReadableFile,
  descriptor: number,
  sizeBytes: number,
  close: () => Promise<void>,
): OpenFile {
  const read = (position: number, length: number, memory?: Buffer) =>
    readExactly(file, position, length, memory);
  return { ...openBytes({ sizeBytes, read, close }), descriptor };
}

/** Bytes that are read by some means. */
export function openBytes({ sizeBytes, read, close }: Omit<OpenBytes, 'createReadStream'>): OpenBytes {
  return { sizeBytes, read, createReadStream: (start, end) => streamed(read, start, end), close };
}

/** Streams by reads. Does not use the handle's own stream, which would add listeners to the shared handle and read past the end. */
function streamed(read: OpenFile['read'], start: number, end: number): Readable {
  let at = start;
  return new Readable({
    highWaterMark: pieceSizeBytes,
    read() {
      const length = Math.min(pieceSizeBytes, end + 1 - at);
      if (length <= 0) {
        this.push(null);
        return;
      }
      read(at, length).then(
        (piece) => {
          at += piece.length;
          this.push(piece);
        },
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
}
