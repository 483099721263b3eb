import type { Readable } from 'node:stream';

/** An open bundle file, readable until it is closed, also when its name is gone. */
export interface OpenFile {
  readonly sizeBytes: number;
  /** Of the operating system, for a reader in another thread of this process. */
  readonly descriptor: number;
  /** Reads exactly `length` bytes; rejects when there are fewer. */
  read(position: number, length: number): Promise<Buffer>;
  /** Bytes `start` to `end`, both included. Fails, rather than ends, when the file is shorter. */
  createReadStream(start: number, end: number): Readable;
  close(): Promise<void>;
}

/** What lies in the bundle folder under a name. */
export interface FoundFile {
  readonly name: string;
  /** Neither a link nor a folder nor a pipe. */
  readonly isPlainFile: boolean;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
  /** When its name or its bytes changed last, by the file system's own account. */
  readonly changedAt: Date;
}
