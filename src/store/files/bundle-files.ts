import type { Stats } from 'node:fs';
import { link, lstat, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../base/files/replace-file';
import { parseBundleName } from '../../core/bundle';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import type { FoundFile, OpenFile } from '../../ports/bundle-files';
import { openBundleFile } from './bundle-file';
import { createIncomingFiles, type StagedFile } from './incoming-files';
import { storing } from '../storage-error';

export type BundleFiles = ReturnType<typeof createBundleFiles>;

/**
 * The bundles of `data/bundles/`. A file is there under its name only when it is complete and synced.
 * @param newName names for the incoming area, each used once
 */
export function createBundleFiles(folder: string, newName: () => string) {
  const incoming = createIncomingFiles(path.join(folder, '.incoming'), newName);
  // Every path goes through here, and the pattern of bundle names lets none leave the folder.
  const pathOf = (name: string) => path.join(folder, parseBundleName(name));
  return {
    cleanIncoming: incoming.clean,
    stage: incoming.stage,
    discard: incoming.discard,

    openStaged: (staged: StagedFile): Promise<OpenFile> =>
      storing(() => openBundleFile(incoming.pathOf(staged))),

    /**
     * Gives a staged file its name. A link, because a rename would replace what is there.
     * @throws DomainError `conflict` when a file has this name, `storage-full`
     */
    async keep(staged: StagedFile, name: string): Promise<void> {
      const file = pathOf(name);
      await storing(() => link(incoming.pathOf(staged), file)).catch((error: unknown) => {
        throw systemErrorCode(error) === 'EEXIST' ? taken(name) : error;
      });
      try {
        await storing(() => syncFolder(folder));
      } catch (error) {
        await rm(file, { force: true });
        throw error;
      }
      await incoming.discard(staged).catch(() => undefined); // its other name is cleaned away at the next start
    },

    /** Whether a plain file of this name and size is there. */
    holds: (name: string, sizeBytes: number): Promise<boolean> =>
      storing(async () => {
        const found = await statsOf(pathOf(name));
        return found?.isFile() === true && found.size === sizeBytes;
      }),

    /**
     * Puts a staged file in the place of a damaged or lost one of the same bundle. Readers of the old one keep it.
     * @throws DomainError `conflict` when what has its name is no file, `storage-full`
     */
    async restore(staged: StagedFile, name: string): Promise<void> {
      const file = pathOf(name);
      await storing(async () => {
        const found = await statsOf(file);
        if (found?.isFile() === false) throw taken(name);
        await rename(incoming.pathOf(staged), file);
        await syncFolder(folder);
      });
    },

    /** @throws DomainError `not-found` */
    open: (name: string): Promise<OpenFile> =>
      storing(() => openBundleFile(pathOf(name))).catch((error: unknown) => {
        const code = systemErrorCode(error);
        if (code !== 'ENOENT' && code !== 'ELOOP') throw error;
        throw new DomainError('not-found', `the file of ${name} is gone`, { cause: error });
      }),

    /** Removes a bundle's file, if it is there. Open ones stay readable. */
    remove: (name: string): Promise<void> =>
      storing(async () => {
        await rm(pathOf(name), { force: true });
        await syncFolder(folder);
      }),

    /** What lies there, by name. */
    list: (): Promise<FoundFile[]> =>
      storing(async () => {
        const found: FoundFile[] = [];
        for (const name of (await readdir(folder)).sort()) {
          const stats = await lstat(path.join(folder, name));
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
  };
}

/** Of the name itself, not of what a link points to; `undefined` when nothing has it. */
async function statsOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function taken(name: string): DomainError {
  return new DomainError(
    'conflict',
    `a file named ${name} that the server does not know lies in its bundle folder`,
    {
      remedy: 'See what it is and move it away, or choose another name.',
    },
  );
}
