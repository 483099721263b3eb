import type { Readable } from 'node:stream';
import type { WeakHashes } from '../core/bundle';

/** The bytes of a bundle, readable until closed, even if the bundle is removed in the meantime. */
export interface OpenBytes {
  readonly sizeBytes: number;
  /**
   * Reads exactly `length` bytes; rejects when there are fewer.
   * @param memory at least as long: they may be read into it, and then what is returned is a part of it. Nothing touches it afterwards
   */
  read(position: number, length: number, memory?: Buffer): Promise<Buffer>;
  /** Bytes `start` to `end`, both included. Fails, rather than ends, when there are fewer. */
  createReadStream(start: number, end: number): Readable;
  close(): Promise<void>;
}

/** A bundle in a file of this machine. */
export interface OpenFile extends OpenBytes {
  /** Of the operating system, for a reader in another thread of this process. It is valid until the file is closed. */
  readonly descriptor: number;
}

/**
 * An upload that is complete on this machine but not yet stored. It can be inspected while it reaches the disk, and kept once.
 */
export interface StagedBundle {
  /** Of all its bytes, in lower-case hex. */
  readonly sha256: string;
  readonly weakHashes: WeakHashes;
  readonly sizeBytes: number;
  open(): Promise<OpenFile>;
  /**
   * Sends the bytes to where they last, if that is elsewhere and takes long, so that `keep` is quick. They may stay there even if it is not
   * called. @throws DomainError as `keep` does
   */
  send?(): Promise<void>;
  /**
   * Stores the bytes; they last when the promise resolves, which waits for the disk. Bytes that are stored already but damaged or lost are replaced.
   * @param name of the bundle; a folder calls its file so, and other stores need not know it
   * @throws DomainError `conflict` when something else has this name, `storage-full`, `unavailable`
   */
  keep(name: string): Promise<void>;
  /** Forgets it. One that was kept stays stored. */
  discard(): Promise<void>;
}

/** Bytes that are stored. */
export interface StoredBytes {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What goes when bytes are removed. */
export interface RemovedBundle {
  readonly name: string;
  /** Another bundle has the same bytes: for it they stay. */
  readonly isShared: boolean;
}

/**
 * Where the bytes of bundles last, by their SHA-256 (64 lower-case hex digits; anything else is `invalid-input`). Bytes never change,
 * so that storing them twice is harmless. An adapter needs no order and no names: an object store can use the hash as the key.
 */
export interface BundleStorage {
  /**
   * Writes and hashes a stream on this machine. Nothing stays behind when it fails.
   * @throws DomainError `too-large`, `storage-full`, `invalid-input` (an aborted or empty upload), `unavailable`
   */
  stage(content: Readable, options: StageOptions): Promise<StagedBundle>;
  /** Opens bytes for ranges. @throws DomainError `not-found` when they are gone or not complete, `unavailable` */
  open(sha256: string): Promise<OpenBytes>;
  /** The same as a file of this machine, fetched whole where it is elsewhere. @throws DomainError as `open` does */
  openFile(sha256: string): Promise<OpenFile>;
  /** What exists, complete or not; `undefined` when nothing does. */
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
