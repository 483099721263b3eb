import { fdatasyncSync, readSync } from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import Sqlite from 'libsql';
import { syncFolderSync } from '../../base/files/replace-file';
import { systemErrorCode } from '../../base/files/system-error';
import type { DiskAnswer, DiskTask, DiskThreadData, WalTask } from './disk-worker';

/**
 * Runs in the thread of `DiskWorker`, which does all waiting for the disk. A failed sync ends the thread with the error, and with it the
 * process.
 */

/** A checkpoint begins at this number of frames, SQLite's own default. */
const framesPerCheckpoint = 1_000;

const { file, wal } = workerData as DiskThreadData;
let checkpointAt = framesPerCheckpoint;

// What an earlier run left may exist only in memory: the name of the -wal file, and its content.
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
 * There are no commits meanwhile, so the whole -wal file can be moved into the database unless another program reads it: then it keeps
 * growing until the next attempt.
 * @returns a problem that loses nothing; `null` if there is none
 * @throws SQLite's error of a failed sync
 */
function change(task: WalTask): string | null {
  let problem: string | null = null;
  try {
    changeWal(task);
  } catch (error) {
    const code = systemErrorCode(error) ?? '';
    if (code.endsWith('FSYNC')) throw error;
    // Another program that writes is not a problem.
    if (!code.startsWith('SQLITE_BUSY')) problem = error instanceof Error ? error.message : String(error);
  }
  if (task !== 'begin')
    checkpointAt = hasFrame(checkpointAt) ? checkpointAt + framesPerCheckpoint : framesPerCheckpoint;
  return problem;
}

function changeWal(task: WalTask): void {
  const sqlite = new Sqlite(file);
  try {
    // `exec` leaves no statement behind that would keep the connection open. Searches of this process end soon. Another program that reads
    // may delay this by as much, once per checkpoint.
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
 * The first commit to a -wal file that begins, or begins again, also syncs its new head (wal.c, walWriteFrames): do that here rather than
 * on the event loop. It changes nothing: the server has no application id.
 */
function beginWal(sqlite: Sqlite.Database): void {
  sqlite.exec('BEGIN IMMEDIATE; PRAGMA application_id = 0; COMMIT');
}

/**
 * Whether the -wal file has had this many frames since it began again: older ones have another salt
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
