import { readSync } from 'node:fs';

/** What can be read at any place: a `FileHandle` can. */
export interface ReadableFile {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/**
 * Reads exactly as many bytes as are asked for, however few the system gives at a time.
 * @throws Error when the file ends before
 */
export async function readExactly(file: ReadableFile, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) throw endedAt(position + filled, position + length);
    filled += bytesRead;
  }
  return buffer;
}

/** As {@link readExactly}, and it waits for the disk: for a thread that serves nobody. @throws Error when the file ends before */
export function readExactlySync(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const bytesRead = readSync(descriptor, buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) throw endedAt(position + filled, position + length);
    filled += bytesRead;
  }
  return buffer;
}

function endedAt(end: number, expected: number): Error {
  return new Error(`the file ended at ${end}, before ${expected}`);
}
