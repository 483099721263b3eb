import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DomainError, systemErrorCode } from '../core/errors';
import { asFileError, removeTemporaries, writeTemporary } from './durable-file';
import { exists } from './file-pair';

const lockName = '.lock';
const holderSchema = z.object({ pid: z.number().int(), host: z.string(), token: z.string() });
type Holder = z.infer<typeof holderSchema>;

/** Tokens of the locks that this process holds, to tell them from those of an earlier process with its number. */
const held = new Set<string>();

export interface LockTimes {
  /** How long an unchanged lock of a process that can't be looked at is believed. */
  readonly staleAfterMs: number;
  readonly giveUpAfterMs: number;
}

const defaultTimes: LockTimes = { staleAfterMs: 10_000, giveUpAfterMs: 20_000 };

/**
 * Does something while no other process does the like in the same folder. Waiting is measured with the monotonic clock, so a
 * wrong wall clock breaks nothing.
 * @throws DomainError `unavailable` when another process holds the lock for too long
 */
export async function withFolderLock<T>(
  folder: string,
  work: () => Promise<T>,
  times: LockTimes = defaultTimes,
): Promise<T> {
  const path = join(folder, lockName);
  const token = randomBytes(12).toString('hex');
  held.add(token);
  try {
    await acquire(folder, path, token, times);
    try {
      await removeTemporaries(folder);
      return await work();
    } finally {
      if ((await readHolder(path))?.token === token) await rm(path, { force: true });
    }
  } finally {
    held.delete(token);
  }
}

/** Whether a command is changing the folder, or was killed while it did. */
export function isFolderLocked(folder: string): Promise<boolean> {
  return exists(join(folder, lockName));
}

async function acquire(folder: string, path: string, token: string, times: LockTimes): Promise<void> {
  const startedAt = performance.now();
  let seen: { token: string; since: number } | undefined;
  while (!(await tryAcquire(folder, path, token))) {
    const now = performance.now();
    const holder = await readHolder(path);
    if (holder === undefined) continue;
    if (seen?.token !== holder.token) seen = { token: holder.token, since: now };
    if (isGone(holder) || now - seen.since >= times.staleAfterMs) await breakLock(path, holder.token);
    else if (now - startedAt >= times.giveUpAfterMs) {
      throw new DomainError('unavailable', `another process is changing ${folder}`, {
        remedy: `Wait for it to end, then do it again. If there is none, remove ${path}.`,
      });
    } else await delay(20);
  }
}

async function tryAcquire(folder: string, path: string, token: string): Promise<boolean> {
  const holder: Holder = { pid: process.pid, host: hostname(), token };
  // Written before it gets its name, so that nobody ever reads half a lock.
  const temporary = await writeTemporary(folder, JSON.stringify(holder), 0o600);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    // ENOENT: the holder has swept our temporary file away.
    if (['EEXIST', 'ENOENT'].includes(systemErrorCode(error) ?? '')) return false;
    throw asFileError(error, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    return { pid: 0, host: '', token: 'unreadable' };
  }
}

function isGone({ pid, host, token }: Holder): boolean {
  if (host !== hostname()) return false;
  if (pid === process.pid) return !held.has(token);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return systemErrorCode(error) === 'ESRCH';
  }
}

/** Moves the stale lock away first: two waiters can't both remove, so none removes the other's new lock. */
async function breakLock(path: string, staleToken: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readHolder(aside))?.token !== staleToken) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}
