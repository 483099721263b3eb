import { closeSync, fstatSync, openSync, read } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type ReadableFile, readExactly } from '../../base/files/read-exactly';
import type { OpenFile } from '../../ports/bundle-storage';
import { readOnlyNoFollow } from '../refuse-links';

/** One piece of a streamed read. */
const pieceSizeBytes = 1 << 18;

/** Opens a plain file: no symbolic link, and no pipe that would never answer. */
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
 * Opens a file that this process has just written. The kernel has all that this asks for in memory, so that nothing waits for the disk;
 * the pool's threads, which an asynchronous call would take, may wait for it.
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
      isOpen = false; // another file may have its number
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
  const read = (position: number, length: number) => readExactly(file, position, length);
  return {
    sizeBytes,
    descriptor,
    read,
    createReadStream: (start, end) => streamed(read, start, end),
    close,
  };
}

/** Not the handle's own stream: that one would listen on the shared handle, and read on after its end. */
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
