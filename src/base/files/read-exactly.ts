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
    if (bytesRead === 0)
      throw new Error(`the file ended at ${position + filled}, before ${position + length}`);
    filled += bytesRead;
  }
  return buffer;
}
