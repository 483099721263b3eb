import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DomainError, systemErrorCode } from '../core/errors';

export const keyMode = 0o600;
export const certificateMode = 0o644;
export const folderMode = 0o700;

const temporaryPrefix = '.tmp-';

/**
 * Writes a file under a temporary name in the folder that it is for, and waits until it is on the disk.
 * @returns its path; nothing stays behind when it fails
 */
export async function writeTemporary(folder: string, content: string, mode: number): Promise<string> {
  const path = join(folder, temporaryPrefix + randomBytes(8).toString('hex'));
  try {
    const file = await open(path, 'wx', mode);
    try {
      await file.chmod(mode); // whatever the umask is
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  } catch (error) {
    await rm(path, { force: true });
    throw asFileError(error, path);
  }
}

/**
 * Gives a temporary file its name, which must be free: `link` never overwrites, also when two try at once.
 * @throws DomainError `conflict`
 */
export async function publish(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') throw alreadyExists(path);
    throw asFileError(error, path);
  }
}

/** Replaces a file in one step: readers see the old or the new one, whole. */
export async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const temporary = await writeTemporary(dirname(path), content, mode);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw asFileError(error, path);
  }
  await syncFolder(dirname(path));
}

/** Makes the names in a folder last (fsync of a folder; systems that can't do it keep them otherwise). */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'EACCES'].includes(systemErrorCode(error) ?? '')) {
      throw asFileError(error, folder);
    }
  }
}

/** Makes a folder that only its owner may enter; one that exists keeps its mode. */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: folderMode });
  } catch (error) {
    throw asFileError(error, folder);
  }
}

/** Closes a folder that nothing was put in yet, such as the one that git made; others may have been opened on purpose. */
export async function closeFreshFolder(folder: string): Promise<void> {
  try {
    const names = await readdir(folder);
    if (names.every((name) => ['README.md', '.gitkeep', '.gitignore'].includes(name))) {
      await chmod(folder, folderMode);
    }
  } catch (error) {
    // Not ours: `verify` tells about its mode.
    if (systemErrorCode(error) !== 'EPERM') throw asFileError(error, folder);
  }
}

/** Removes what a killed process left behind. Only for who holds the lock of the folder. */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith(temporaryPrefix))
      .map((name) => rm(join(folder, name), { force: true })),
  );
}

/** @throws DomainError `configuration` when it is there and can't be read */
export async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw asFileError(error, path);
  }
}

export function alreadyExists(path: string): DomainError {
  return new DomainError('conflict', `${path} exists already`, {
    remedy: 'Use --force to replace it; the old file is kept beside the new one.',
  });
}

/** Translates a system error about a path; what is none stays as it is. */
export function asFileError(error: unknown, path: string): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || error instanceof DomainError) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DomainError('storage-full', `there is no space left to write ${path}`, {
      cause: error,
      remedy: 'Free some space, then do it again: nothing was changed.',
    });
  }
  return new DomainError('configuration', `${path} cannot be used (${code})`, {
    cause: error,
    remedy: 'Check that it is there and that this user may read and write it.',
  });
}
