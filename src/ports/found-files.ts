import type { OpenFile } from './bundle-storage';

/** A file in the bundle folder that the storage does not know. */
export interface FoundFile {
  readonly name: string;
  /** Neither a link nor a folder nor a pipe. */
  readonly isPlainFile: boolean;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
  /** When its name or its bytes changed last, by the file system's own account. */
  readonly changedAt: Date;
}

/** What lies in the bundle folder beside the stored bundles: a crash, a person or an earlier server left it there. */
export interface FoundFiles {
  /** By name. */
  list(): Promise<readonly FoundFile[]>;
  /** @throws DomainError `not-found`, `invalid-input` for what is no name of a bundle */
  open(name: string): Promise<OpenFile>;
  /** From now on the storage has it, where it lies; an object store copies it to where it belongs. @throws DomainError `unavailable` */
  adopt(name: string, bytes: { readonly sha256: string; readonly sizeBytes: number }): Promise<void>;
  /** @throws DomainError `unavailable` */
  remove(name: string): Promise<void>;
}
