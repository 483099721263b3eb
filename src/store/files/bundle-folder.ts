import type { Stats } from 'node:fs';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { syncFolder } from '../../base/files/replace-file';
import { systemErrorCode } from '../../base/files/system-error';
import { parseSha256 } from '../../core/bundle';
import { parseStoredName } from '../../core/opaque';
import { DomainError } from '../../core/errors';
import type {
  BundleStorage,
  OpenFile,
  RemovedBundle,
  StagedBundle,
  StageOptions,
  StoredBytes,
} from '../../ports/bundle-storage';
import type { FoundFile, FoundFiles } from '../../ports/found-files';
import { storing } from '../storage-error';
import { openBundleFile } from './bundle-file';
import { type IncomingFile, IncomingFiles } from './incoming-files';
import { type NamedBytes, NamedBytesIndex } from './named-bytes';
import { ThreadedUpload } from './threaded-upload';
import { UploadThreads } from './upload-threads';
import type { UploadThreadOptions } from './upload-worker';
import { DirectUpload } from './upload-writer';

export interface BundleFolderOptions {
  readonly folder: string;
  /** Unique names for uploads in progress. */
  readonly newName: () => string;
  /** The bundles that the database knows; their files have the same names. */
  readonly known: readonly NamedBytes[];
  /** If given, threads wait for the disk instead of the event loop: two for each upload. */
  readonly uploadThreads?: UploadThreadOptions | undefined;
}

/** The bundles in `data/bundles/`, under their names. A file there is always complete and synced. */
export class BundleFolder implements BundleStorage {
  readonly #folder: string;
  readonly #incoming: IncomingFiles;
  readonly #index: NamedBytesIndex;
  readonly #threads: UploadThreads | null;

  constructor({ folder, newName, known, uploadThreads }: BundleFolderOptions) {
    this.#folder = folder;
    const threads = uploadThreads === undefined ? null : new UploadThreads(uploadThreads);
    this.#threads = threads;
    this.#incoming = new IncomingFiles(path.join(folder, '.incoming'), newName, (file) =>
      threads === null ? new DirectUpload(file) : new ThreadedUpload(file, threads),
    );
    this.#index = new NamedBytesIndex(known);
  }

  async stage(content: Readable, options: StageOptions): Promise<StagedBundle> {
    const incoming = await this.#incoming.stage(content, options);
    return {
      ...incoming.written,
      open: () => incoming.open(),
      keep: (name) => this.#keep(incoming, name),
      discard: () => incoming.discard(),
    };
  }

  open(sha256: string): Promise<OpenFile> {
    return this.openFile(sha256);
  }

  async openFile(sha256: string): Promise<OpenFile> {
    const sizeBytes = this.#index.sizeOf(parseSha256(sha256));
    for (const name of this.#index.namesOf(sha256)) {
      const file = await this.#openNamed(name);
      if (file === undefined) continue;
      if (file.sizeBytes === sizeBytes) return file;
      await file.close();
    }
    throw gone(this.#index.namesOf(sha256)[0] ?? sha256);
  }

  stat(sha256: string): Promise<StoredBytes | undefined> {
    return storing(async () => {
      const expected = this.#index.sizeOf(parseSha256(sha256));
      const sizes = await Promise.all(this.#index.namesOf(sha256).map((name) => this.#sizeOf(name)));
      const found = sizes.filter((size) => size !== undefined);
      const sizeBytes = found.find((size) => size === expected) ?? found[0];
      return sizeBytes === undefined ? undefined : { sha256, sizeBytes };
    });
  }

  async list(): Promise<readonly StoredBytes[]> {
    const stored: StoredBytes[] = [];
    for (const sha256 of this.#index.hashes()) {
      const bytes = await this.stat(sha256);
      if (bytes !== undefined) stored.push(bytes);
    }
    return stored;
  }

  remove(sha256: string, { name }: RemovedBundle): Promise<void> {
    return storing(async () => {
      const file = this.#pathOf(name);
      if (this.#index.hashOf(name) !== parseSha256(sha256)) return;
      const isWhole = (await this.#sizeOf(name)) === this.#index.sizeOf(sha256);
      this.#index.remove(name);
      const [other] = this.#index.namesOf(sha256);
      // The last intact file goes to another bundle with the same bytes.
      if (isWhole && other !== undefined && !(await this.#hasWhole(sha256)))
        await rename(file, this.#pathOf(other));
      else await rm(file, { force: true });
      await syncFolder(this.#folder);
    });
  }

  /** Ends idle threads at once, and the others with their uploads. */
  async close(): Promise<void> {
    await this.#threads?.close();
  }

  /** Files in the folder that are not stored bundles. */
  readonly found: FoundFiles = {
    list: () =>
      storing(async () => {
        const found: FoundFile[] = [];
        for (const name of (await readdir(this.#folder)).sort()) {
          const stats = await lstat(path.join(this.#folder, name));
          if (stats.isFile() && this.#index.hashOf(name) !== undefined) continue;
          found.push({
            name,
            isPlainFile: stats.isFile(),
            sizeBytes: stats.size,
            modifiedAt: stats.mtime,
            changedAt: stats.ctime,
          });
        }
        return found;
      }),
    open: async (name) => {
      const file = await this.#openNamed(name);
      if (file === undefined) throw gone(name);
      return file;
    },
    adopt: (name, bytes) =>
      storing(() => {
        this.#index.add(parseStoredName(name), bytes);
        return Promise.resolve();
      }),
    remove: (name) =>
      storing(async () => {
        await rm(this.#pathOf(name), { force: true });
        await syncFolder(this.#folder);
      }),
  };

  async #keep(incoming: IncomingFile, name: string): Promise<void> {
    const { sha256, sizeBytes } = incoming.written;
    // A damaged or lost file of the same bundle is replaced; readers of the old one keep it.
    const replaces = this.#index.hashOf(name) === sha256;
    await incoming.keep({ file: this.#pathOf(name), replaces }).catch((error: unknown) => {
      throw systemErrorCode(error) === 'EEXIST' ? taken(name) : error;
    });
    this.#index.add(name, { sha256, sizeBytes });
    await incoming.discard().catch(() => undefined); // the next start removes its other name
  }

  /** The only way to a path. The pattern of bundle names allows none outside of the folder. */
  #pathOf(name: string): string {
    return path.join(this.#folder, parseStoredName(name));
  }

  /** @returns `undefined` if there is no such regular file */
  async #openNamed(name: string): Promise<OpenFile | undefined> {
    const file = this.#pathOf(name);
    return storing(() => openBundleFile(file)).catch((error: unknown) => {
      const code = systemErrorCode(error);
      if (code !== 'ENOENT' && code !== 'ELOOP') throw error;
      return undefined;
    });
  }

  /** @returns `undefined` if there is no such regular file */
  async #sizeOf(name: string): Promise<number | undefined> {
    const stats = await statsOf(this.#pathOf(name));
    return stats?.isFile() === true ? stats.size : undefined;
  }

  async #hasWhole(sha256: string): Promise<boolean> {
    const stored = await this.stat(sha256);
    return stored !== undefined && stored.sizeBytes === this.#index.sizeOf(sha256);
  }
}

/** Describes the name itself, not the target of a link; `undefined` if it does not exist. */
async function statsOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function gone(name: string): DomainError {
  return DomainError.of('bundle-bytes-gone', { name });
}

function taken(name: string): DomainError {
  return DomainError.of('unknown-file-in-the-way', { name });
}
