import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { readExactly } from '../../base/files/read-exactly';
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
    return readable(handle, stats.size);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function readable(handle: FileHandle, sizeBytes: number): OpenFile {
  const read = (position: number, length: number) => readExactly(handle, position, length);
  return {
    sizeBytes,
    descriptor: handle.fd,
    read,
    createReadStream: (start, end) => streamed(read, start, end),
    close: () => handle.close(),
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
