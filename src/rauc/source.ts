/** Random access to a bundle's bytes. */
export interface BundleSource {
  readonly sizeBytes: number;
  /** Reads exactly `length` bytes; rejects when there are fewer. */
  read(position: number, length: number): Promise<Buffer>;
}

/** Reads up to `length` bytes of an open file into a buffer: a `FileHandle` can. */
export interface OpenFile {
  read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** A bundle in an open file, which stays the caller's to close. */
export function fileSource(file: OpenFile, sizeBytes: number): BundleSource {
  return {
    sizeBytes,
    async read(position, length) {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
        if (bytesRead === 0)
          throw new Error(`the file ended at ${position + filled}, ${sizeBytes} bytes were expected`);
        filled += bytesRead;
      }
      return buffer;
    },
  };
}

/** A bundle, or a part of one, in memory. */
export function bufferSource(bytes: Buffer): BundleSource {
  return {
    sizeBytes: bytes.length,
    read(position, length) {
      if (position < 0 || position + length > bytes.length)
        return Promise.reject(new Error('read beyond the end'));
      return Promise.resolve(bytes.subarray(position, position + length));
    },
  };
}
