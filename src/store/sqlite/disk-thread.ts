import { fdatasyncSync, readSync } from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'libsql';
import { syncFolderSync } from '../../base/files/replace-file';
import { systemErrorCode } from '../../base/files/system-error';
import type { DiskAnswer, DiskTask, DiskThreadData, WalTask } from './disk-worker';

/**
 * What `DiskWorker` runs in a thread of its own: all waiting for the disk. What cannot be synced ends the thread with the error, and
 * with that the process.
 */

/** So many frames begin a checkpoint, as SQLite's own limit does. */
const framesPerCheckpoint = 1_000;

const { file, wal } = workerData as DiskThreadData;
let checkpointAt = framesPerCheckpoint;

// What a run before left may be in memory alone: the name of the -wal file, and what is in it.
syncFolderSync(path.dirname(file));
fdatasyncSync(wal);

parentPort?.on('message', (task: DiskTask | 'end') => {
  if (task === 'end') parentPort?.close();
  else parentPort?.postMessage(perform(task));
});

function perform(task: DiskTask): DiskAnswer {
  if (task !== 'sync') return { task, problem: change(task) };
  fdatasyncSync(wal);
  return { task, isLong: hasFrame(checkpointAt) };
}

/**
 * Nobody commits meanwhile, so that all of the -wal file can go into the database unless another program reads it: then it goes on
 * growing, until the next attempt.
 * @returns what was wrong where nothing is lost
 * @throws what SQLite says of a sync that failed
 */
function change(task: WalTask): string | null {
  let problem: string | null = null;
  try {
    changeWal(task);
  } catch (error) {
    const code = systemErrorCode(error) ?? '';
    if (code.endsWith('FSYNC')) throw error;
    // Another program that writes is nothing to tell of.
    if (!code.startsWith('SQLITE_BUSY')) problem = error instanceof Error ? error.message : String(error);
  }
  if (task !== 'begin')
    checkpointAt = hasFrame(checkpointAt) ? checkpointAt + framesPerCheckpoint : framesPerCheckpoint;
  return problem;
}

function changeWal(task: WalTask): void {
  const sqlite = new Sqlite(file);
  try {
    // What `exec` runs leaves no statement behind that would keep the connection open. Searches of this process end soon: other
    // programs that read may have it wait as long, once in so many frames.
    sqlite.exec('PRAGMA busy_timeout = 300');
    if (task !== 'begin')
      sqlite.exec(`PRAGMA wal_checkpoint(${task === 'truncate' ? 'TRUNCATE' : 'RESTART'})`);
    sqlite.exec('PRAGMA busy_timeout = 1000');
    if (task !== 'truncate') beginWal(sqlite);
  } finally {
    sqlite.close();
  }
}

/**
 * The first commit of a -wal file that begins, or begins again, also syncs its new head (wal.c, walWriteFrames): here rather than on the
 * event loop. It changes nothing: the server has no application id.
 */
function beginWal(sqlite: Sqlite.Database): void {
  sqlite.exec('BEGIN IMMEDIATE; PRAGMA application_id = 0; COMMIT');
}

/**
 * Whether the -wal file has so many frames since it began again: older ones have another salt
 * (sqlite.org/fileformat2.html#the_write_ahead_log).
 */
function hasFrame(number: number): boolean {
  const head = Buffer.alloc(32);
  readSync(wal, head, 0, head.length, 0);
  const frameSizeBytes = 24 + head.readUInt32BE(8);
  const salt = Buffer.alloc(8);
  const length = readSync(wal, salt, 0, salt.length, 32 + (number - 1) * frameSizeBytes + 8);
  return length === salt.length && salt.equals(head.subarray(16, 24));
}
