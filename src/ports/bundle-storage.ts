import type { Readable } from 'node:stream';
import type { WeakHashes } from '../core/bundle';

/** The bytes of a bundle, readable until closed, even if the bundle is removed in the meantime. */
export interface OpenBytes {
  readonly sizeBytes: number;
  /**
   * Reads exactly `length` bytes; rejects when there are fewer.
   * @param memory at least `length` bytes. The bytes may be read into it; the result is then a part of it, and nothing changes it
   * afterwards
   */
  read(position: number, length: number, memory?: Buffer): Promise<Buffer>;
  /** Bytes `start` to `end`, both included. If there are fewer, the stream fails instead of ending early. */
  createReadStream(start: number, end: number): Readable;
  close(): Promise<void>;
}

/** A bundle in a file on this machine. */
export interface OpenFile extends OpenBytes {
  /** The operating system's file descriptor, for a reader in another thread of this process. Valid until the file is closed. */
  readonly descriptor: number;
}

/**
 * An upload that is complete on this machine but not yet stored. It can be inspected while it is written to disk, and kept once.
 */
export interface StagedBundle {
  /** Of all its bytes, in lower-case hex. */
  readonly sha256: string;
  readonly weakHashes: WeakHashes;
  readonly sizeBytes: number;
  open(): Promise<OpenFile>;
  /**
   * Uploads the bytes if they are stored elsewhere, which makes `keep` quick. They may stay there even if `keep` is never called.
   * @throws DomainError as `keep` does
   */
  send?(): Promise<void>;
  /**
   * Stores the bytes. They are on disk when the promise resolves. Bytes that were stored before but are damaged or lost are
   * replaced.
   * @param name of the bundle; a folder uses it as the file name, other stores may ignore it
   * @throws DomainError `conflict` when something else has this name, `storage-full`, `unavailable`
   */
  keep(name: string): Promise<void>;
  /** Discards the upload. A bundle that was kept stays stored. */
  discard(): Promise<void>;
}

/** Bytes that are stored. */
export interface StoredBytes {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The bundle whose bytes are removed. */
export interface RemovedBundle {
  readonly name: string;
  /** Another bundle has the same bytes, so they stay. */
  readonly isShared: boolean;
}

/**
 * Stores the bytes of bundles by their SHA-256 (64 lower-case hex digits; anything else is `invalid-input`). The bytes of a hash
 * never change, so storing them twice is harmless. An adapter needs neither order nor names: an object store can use the hash as
 * the key.
 */
export interface BundleStorage {
  /**
   * Writes and hashes a stream on this machine. Nothing stays behind when it fails.
   * @throws DomainError `too-large`, `storage-full`, `invalid-input` (an aborted or empty upload), `unavailable`
   */
  stage(content: Readable, options: StageOptions): Promise<StagedBundle>;
  /** Opens bytes for ranges. @throws DomainError `not-found` when they are gone or incomplete, `unavailable` */
  open(sha256: string): Promise<OpenBytes>;
  /**
   * Opens bytes as a file on this machine. Fetches all of them first if they are stored elsewhere.
   * @throws DomainError as `open` does
   */
  openFile(sha256: string): Promise<OpenFile>;
  /** The stored bytes, complete or not; `undefined` when there are none. */
  stat(sha256: string): Promise<StoredBytes | undefined>;
  /** Everything stored, by hash. */
  list(): Promise<readonly StoredBytes[]>;
  /** Removes bytes, if they are there. Open ones stay readable. */
  remove(sha256: string, bundle: RemovedBundle): Promise<void>;
}

export interface StageOptions {
  readonly limitBytes: number;
  readonly signal?: AbortSignal;
}
