import { randomBytes } from 'node:crypto';
import { chmod, link, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../base/files/make-folder';
import * as files from '../base/files/replace-file';
import { isOutOfSpace, systemErrorCode } from '../base/files/system-error';
import { DomainError } from '../core/errors';

export const keyMode = 0o600;
export const certificateMode = 0o644;
export const folderMode = 0o700;

const temporaryPrefix = '.tmp-';

/**
 * Writes a file under a temporary name in the folder that it is for, and waits until it is on the disk.
 * @returns its path; nothing is left behind when it fails
 */
export async function writeTemporary(folder: string, content: string, mode: number): Promise<string> {
  const path = temporaryPath(folder);
  try {
    await files.writeNewFile(path, content, mode);
    return path;
  } catch (error) {
    throw asFileError(error, path);
  }
}

function temporaryPath(folder: string): string {
  return join(folder, temporaryPrefix + randomBytes(8).toString('hex'));
}

/**
 * Gives a temporary file its name, which must be free: `link` never overwrites, even if two try at once.
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
  try {
    await files.replaceFile(path, content, { mode, temporary: temporaryPath(dirname(path)) });
  } catch (error) {
    throw asFileError(error, path);
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await files.syncFolder(folder);
  } catch (error) {
    throw asFileError(error, folder);
  }
}

/** Creates a folder that only its owner may enter; an existing one keeps its mode. */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder, folderMode);
  } catch (error) {
    throw asFileError(error, folder);
  }
}

/**
 * Closes a folder to others while it is still empty, such as one that git created; any other may be open on purpose.
 */
export async function closeFreshFolder(folder: string): Promise<void> {
  try {
    const names = await readdir(folder);
    if (names.every((name) => ['README.md', '.gitkeep', '.gitignore'].includes(name))) {
      await chmod(folder, folderMode);
    }
  } catch (error) {
    // Not ours: `verify` reports its mode.
    if (systemErrorCode(error) !== 'EPERM') throw asFileError(error, folder);
  }
}

/** Removes what a killed process left behind. The caller must hold the lock of the folder. */
export async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith(temporaryPrefix))
      .map((name) => rm(join(folder, name), { force: true })),
  );
}

/** @throws DomainError `configuration` when it exists and cannot be read */
export async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw asFileError(error, path);
  }
}

export function alreadyExists(path: string): DomainError {
  return DomainError.of('file-exists', { file: path });
}

/** Translates a system error about a path; returns anything else unchanged. */
export function asFileError(error: unknown, path: string): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || error instanceof DomainError) return error;
  if (isOutOfSpace(error)) return noSpace(path, error);
  return DomainError.of('file-unusable', { file: path, system: code }, { cause: error });
}

export function noSpace(path: string, cause: unknown): DomainError {
  return DomainError.of('no-space-for-file', { file: path }, { cause });
}
