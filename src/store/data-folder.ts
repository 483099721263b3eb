import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../base/files/make-folder';
import { replaceFile } from '../base/files/replace-file';
import { DomainError } from '../core/errors';
import type { Store } from '../ports/store';
import {
  noFoundFiles,
  type OpenBundlesElsewhere,
  type SharedBundles,
  uploadWriters,
} from './bundles-elsewhere';
import { BundleFolder } from './files/bundle-folder';
import { createDatabaseMarker } from './files/database-marker';
import { folderIdOf } from './files/folder-id';
import { cleanIncoming } from './files/incoming-files';
import { createLegacyFiles } from './files/legacy-files';
import { type DataDirLock, lockDataDir } from './files/lock-data-dir';
import type { NamedBytes } from './files/named-bytes';
import { measureStorage } from './files/storage-usage';
import type { UploadThreadOptions } from './files/upload-worker';
import { refuseLinks } from './refuse-links';
import { isUnwritable, storageError, storing } from './storage-error';

/** What a store keeps in files. */
export type FileStore = Pick<
  Store,
  'bundles' | 'foundFiles' | 'legacy' | 'databaseMarker' | 'writeManifestFile' | 'measureStorage'
>;

export interface FileStoreOptions {
  readonly newName: () => string;
  readonly uploadThreads: UploadThreadOptions | undefined;
  /** The files in the bundle folder that belong to a bundle. */
  readonly known: readonly NamedBytes[];
  /** Hashes of deleted bundles. */
  readonly deleted: () => Promise<readonly string[]>;
  /** The bundles of all servers, if several may use the database. */
  readonly shared?: SharedBundles;
}

/** A data folder that is used by this process alone. */
export interface DataFolder {
  /** Takes the lock, if the disk was full or read-only when the folder was opened. @throws as {@link openDataFolder} */
  lock(): void;
  /** The id of the folder with the bundles. @param newId for a folder that has none */
  bundleFolderId(newId: string): Promise<string>;
  files(options: FileStoreOptions): FileStore & { readonly close: () => void };
  /** The same, with the bundles elsewhere. @throws what opening them throws */
  filesWith(
    openBundles: OpenBundlesElsewhere,
    options: FileStoreOptions,
  ): Promise<FileStore & { readonly close: () => void }>;
  /** Lets another server use it. */
  release(): void;
}

/**
 * Opens a data folder exclusively, and removes leftovers of uploads. While the disk is full or read-only, the folder is
 * only read.
 * @param pid this process, named to a second server that is refused
 * @throws DomainError `configuration` when another server runs on it or it cannot be used
 */
export async function openDataFolder(dataDir: string, pid: number): Promise<DataFolder> {
  await prepareFolder(dataDir);
  const folder = path.join(dataDir, 'bundles');
  let held: DataDirLock | undefined;
  const lock = () => {
    held ??= lockDataDir(dataDir, pid);
  };
  try {
    // Leftovers of uploads go first: they may be what fills the disk.
    await unlessUnwritable(async () => {
      lock();
      await cleanIncoming(path.join(folder, '.incoming'));
    });
  } catch (error) {
    held?.release();
    throw error;
  }
  return {
    lock,
    bundleFolderId: (newId) => folderIdOf(folder, newId),
    files({ newName, known, uploadThreads }) {
      const bundles = new BundleFolder({ folder, newName, known, uploadThreads });
      const close = () => void bundles.close();
      return { ...common(dataDir, folder), bundles, foundFiles: bundles.found, close };
    },
    async filesWith(openBundles, { uploadThreads, ...parts }) {
      const { write, close } = uploadWriters(uploadThreads);
      const opened = await openBundles({ ...parts, write });
      return { ...common(dataDir, opened.folder), bundles: opened.bundles, foundFiles: noFoundFiles, close };
    },
    release: () => held?.release(),
  };
}

/** The parts that are the same wherever the bundles are. */
function common(dataDir: string, bundleFolder: string): Omit<FileStore, 'bundles' | 'foundFiles'> {
  return {
    legacy: createLegacyFiles(dataDir),
    databaseMarker: createDatabaseMarker(dataDir),
    writeManifestFile: (text) =>
      storing(() => replaceFile(path.join(dataDir, 'manifest.json'), text, { mode: 0o600 })),
    measureStorage: () => measureStorage(dataDir, bundleFolder),
  };
}

async function prepareFolder(dataDir: string): Promise<void> {
  try {
    refuseLinks(dataDir);
    await makeFolder(path.join(dataDir, 'bundles'), 0o700);
    closeToOthers(dataDir);
  } catch (error) {
    const translated = storageError(error);
    if (translated instanceof DomainError) throw translated;
    throw DomainError.of('data-folder-unusable', { dataDir }, { cause: error });
  }
}

/** On a read-only disk the mode stays as it is. */
function closeToOthers(folder: string): void {
  if ((statSync(folder).mode & 0o777) === 0o700) return;
  try {
    chmodSync(folder, 0o700);
  } catch (error) {
    if (!isUnwritable(storageError(error))) throw error;
  }
}

/** What a full or read-only disk prevents here is done at another start. */
async function unlessUnwritable(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isUnwritable(error)) throw error;
  }
}
