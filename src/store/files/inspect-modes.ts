import { constants, type Stats } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/files/system-error';
import type { FolderFinding } from '../../core/certificate';
import { DomainError } from '../../core/errors';
import { refuseLinks } from '../refuse-links';

/** Only the server may access these. */
const parts = [
  '.',
  'server.db',
  'server.db-wal',
  'server.db-shm',
  'server.lock',
  'bundles',
  'bundles/.incoming',
];

/** Checks links, owners and modes in a data folder, and whether it can be written. */
export async function inspectModes(dataDir: string): Promise<readonly FolderFinding[]> {
  const findings: FolderFinding[] = [...findLink(dataDir)];
  const root = await statOf(dataDir);
  if (root === undefined) {
    const remedy = 'Check DATA_DIR. A new server creates the folder when it starts.';
    return [{ severity: 'error', path: dataDir, message: 'the folder does not exist', remedy }];
  }
  for (const part of parts) {
    const file = path.join(dataDir, part);
    const stats = await statOf(file);
    if (stats === undefined || stats.isSymbolicLink()) continue;
    findings.push(
      ...ownerFinding(file, stats, root),
      ...modeFinding(file, stats),
      ...(await writeFinding(file)),
    );
  }
  return findings;
}

function findLink(dataDir: string): FolderFinding[] {
  try {
    refuseLinks(dataDir);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [{ severity: 'error', path: dataDir, message: error.message, remedy: error.remedy ?? '' }];
  }
}

/** A command that ran as root leaves such files. */
function ownerFinding(file: string, { uid }: Stats, root: Stats): FolderFinding[] {
  if (uid === root.uid) return [];
  const message = `user ${uid} owns it, but user ${root.uid} owns the data folder`;
  return [{ severity: 'error', path: file, message, remedy: `chown ${root.uid}:${root.gid} ${file}` }];
}

function modeFinding(file: string, stats: Stats): FolderFinding[] {
  const { mode } = stats;
  const remedy = `chmod ${stats.isDirectory() ? 700 : 600} ${file}`;
  if ((mode & 0o022) !== 0)
    return [{ severity: 'error', path: file, message: 'other users can write to it', remedy }];
  if ((mode & 0o044) === 0) return [];
  return [{ severity: 'warning', path: file, message: 'other users can read it', remedy }];
}

async function writeFinding(file: string): Promise<FolderFinding[]> {
  try {
    await access(file, constants.R_OK | constants.W_OK);
    return [];
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return []; // it was just removed
    const isReadOnly = code === 'EROFS';
    const message = isReadOnly ? 'its file system is read-only' : 'this user may not write to it';
    const remedy = isReadOnly
      ? 'Mount it writable. A disk with errors is often mounted read-only (see dmesg).'
      : 'Run doctor as the user that runs the server. If you did, make that user the owner of the data folder (chown -R).';
    return [{ severity: 'error', path: file, message, remedy }];
  }
}

async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(path.basename(file) === '.' ? path.dirname(file) : file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
