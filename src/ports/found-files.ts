import type { OpenFile } from './bundle-storage';

/** A file in the bundle folder that the storage does not know. */
export interface FoundFile {
  readonly name: string;
  /** Not a link, a folder or a pipe. */
  readonly isPlainFile: boolean;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
  /** When its name or its bytes last changed, according to the file system. */
  readonly changedAt: Date;
}

/** Other files in the bundle folder, left there by a crash, a person or an earlier server. */
export interface FoundFiles {
  /** By name. */
  list(): Promise<readonly FoundFile[]>;
  /** @throws DomainError `not-found`, `invalid-input` for an invalid bundle name */
  open(name: string): Promise<OpenFile>;
  /** Makes the file part of the storage, without copying it; an object store copies it. @throws DomainError `unavailable` */
  adopt(name: string, bytes: { readonly sha256: string; readonly sizeBytes: number }): Promise<void>;
  /** @throws DomainError `unavailable` */
  remove(name: string): Promise<void>;
}
