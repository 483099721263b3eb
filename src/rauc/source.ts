import { type ReadableFile, readExactly } from '../base/files/read-exactly';

/** Random access to a bundle's bytes. */
export interface BundleSource {
  readonly sizeBytes: number;
  /**
   * Reads exactly `length` bytes; rejects when there are fewer.
   * @param memory a buffer of at least that length to read into; reading gigabytes, reuse it for each piece
   */
  read(position: number, length: number, memory?: Buffer): Promise<Buffer>;
}

/** A bundle in an open file, which the caller closes. */
export function fileSource(file: ReadableFile, sizeBytes: number): BundleSource {
  return { sizeBytes, read: (position, length) => readExactly(file, position, length) };
}

/** A bundle or part of one in memory. */
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
