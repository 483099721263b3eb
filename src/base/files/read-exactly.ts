import { readSync } from 'node:fs';

/** A file that can be read at any place, such as a `FileHandle`. */
export interface ReadableFile {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/**
 * Reads exactly the requested number of bytes, however few the system returns at a time.
 * @param memory into which to read, at least as long; the result is a part of it; default: new memory
 * @throws Error when the file ends first
 */
export async function readExactly(
  file: ReadableFile,
  position: number,
  length: number,
  memory: Buffer = Buffer.allocUnsafe(length),
): Promise<Buffer> {
  const buffer = memory.subarray(0, length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) throw endedAt(position + filled, position + length);
    filled += bytesRead;
  }
  return buffer;
}

/**
 * Like {@link readExactly}, but blocks: for a thread that serves no requests.
 */
export function readExactlySync(
  descriptor: number,
  position: number,
  length: number,
  memory: Buffer = Buffer.allocUnsafe(length),
): Buffer {
  const buffer = memory.subarray(0, length);
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
