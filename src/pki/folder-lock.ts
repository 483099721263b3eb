import { closeSync, existsSync, fchmodSync, fchownSync, openSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'libsql';
import { SerialQueue } from '../base/collections/serial-queue';
import { systemErrorCode } from '../base/files/system-error';
import { DomainError } from '../core/errors';
import { asFileError, noSpace, removeTemporaries } from './durable-file';

const lockName = '.folder.lock';
const retryMs = 15;
const defaultGiveUpMs = 20_000;

/** Waiting callers in this process, by folder. They take turns, so none waits forever. */
const queues = new Map<string, SerialQueue>();
/** Locks that are held. An unreferenced connection would be collected, and its lock with it. */
const held = new Set<Sqlite.Database>();

/**
 * Runs work while no other process does so in the same folder. The lock is SQLite's, on a separate file: the kernel releases it
 * when its holder ends, however that happens, and never before. A file with a process id cannot do that: after one process finds
 * that the holder has ended, another may take the lock before the first removes it.
 * @param giveUpMs how long to wait for another process, in milliseconds of the monotonic clock
 * @throws DomainError `unavailable` when another process holds the lock for too long, `configuration`, `storage-full`
 */
export async function withFolderLock<T>(
  folder: string,
  work: () => Promise<T>,
  giveUpMs: number = defaultGiveUpMs,
): Promise<T> {
  return await inTurn(resolve(folder), async () => {
    const release = await acquire(folder, performance.now() + giveUpMs);
    try {
      await removeTemporaries(folder);
      return await work();
    } finally {
      release();
    }
  });
}

/** Whether a command is changing the folder right now. */
export function isFolderLocked(folder: string): boolean {
  if (!existsSync(join(folder, lockName))) return false;
  try {
    const release = tryAcquire(folder);
    release?.();
    return release === undefined;
  } catch {
    return false; // no one changes anything in a read-only folder
  }
}

/** Runs requests for one folder one after the other, in this process. */
async function inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(folder) ?? new SerialQueue();
  queues.set(folder, queue);
  try {
    return await queue.run(work);
  } finally {
    if (queue.isIdle) queues.delete(folder);
  }
}

async function acquire(folder: string, deadline: number): Promise<() => void> {
  for (;;) {
    const release = tryAcquire(folder);
    if (release !== undefined) return release;
    if (performance.now() >= deadline) {
      throw DomainError.of('certificates-being-changed', { folder });
    }
    await delay(retryMs);
  }
}

/** @returns a function that releases the lock; `undefined` while another process has it */
function tryAcquire(folder: string): (() => void) | undefined {
  const sqlite = openLockFile(join(folder, lockName));
  try {
    sqlite.pragma('busy_timeout = 0');
    // eslint-disable-next-line words/no-sentences -- SQL
    sqlite.exec('BEGIN IMMEDIATE'); // nothing is ever written
  } catch (error) {
    sqlite.close();
    if (systemErrorCode(error)?.startsWith('SQLITE_BUSY') === true) return undefined;
    throw cannotLock(folder, error);
  }
  held.add(sqlite);
  return () => {
    held.delete(sqlite);
    sqlite.exec('ROLLBACK'); // closing alone may wait until its statements are collected
    sqlite.close();
  };
}

function openLockFile(path: string): Sqlite.Database {
  if (!existsSync(path)) makeLockFile(path);
  try {
    return new Sqlite(path);
  } catch (error) {
    throw cannotLock(path, error);
  }
}

/**
 * Creates the lock file for everyone who may change the folder: a file created by a command run as root must not lock out the
 * server's own user. An existing file is never opened here: closing it would release the lock that this process may hold on
 * it.
 */
function makeLockFile(path: string): void {
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      const { mode, uid, gid } = statSync(dirname(path));
      const writers = mode & 0o022;
      fchmodSync(file, 0o600 | writers | (writers << 1));
      if (process.geteuid?.() === 0) fchownSync(file, uid, gid);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw asFileError(error, path);
  }
}

function cannotLock(path: string, cause: unknown): DomainError {
  if (systemErrorCode(cause) === 'SQLITE_FULL') return noSpace(path, cause); // it makes an empty file one page long
  return DomainError.of('folder-not-lockable', { file: path }, { cause });
}
