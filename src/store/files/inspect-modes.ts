import { constants, type Stats } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '../../base/files/system-error';
import type { FolderFinding } from '../../core/certificate';
import { circumstance } from '../../core/circumstances/catalogue';
import { DomainError } from '../../core/errors';
import { whatFailed } from '../../core/what-failed';
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
    const remedy = circumstance('check-data-dir');
    return [{ severity: 'error', path: dataDir, message: circumstance('data-folder-missing'), remedy }];
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
    return [{ severity: 'error', path: dataDir, ...whatFailed(error, circumstance('check-data-dir')) }];
  }
}

/** A command that was run as root leaves such files. */
function ownerFinding(file: string, { uid }: Stats, root: Stats): FolderFinding[] {
  if (uid === root.uid) return [];
  const message = circumstance('data-owned-by-other', { user: uid, owner: root.uid });
  const remedy = circumstance('run-chown', { owner: `${root.uid}:${root.gid}`, path: file });
  return [{ severity: 'error', path: file, message, remedy }];
}

function modeFinding(file: string, stats: Stats): FolderFinding[] {
  const { mode } = stats;
  const remedy = circumstance('run-chmod', { mode: stats.isDirectory() ? '700' : '600', path: file });
  if ((mode & 0o022) !== 0)
    return [{ severity: 'error', path: file, message: circumstance('data-writable'), remedy }];
  if ((mode & 0o044) === 0) return [];
  return [{ severity: 'warning', path: file, message: circumstance('data-readable'), remedy }];
}

async function writeFinding(file: string): Promise<FolderFinding[]> {
  try {
    await access(file, constants.R_OK | constants.W_OK);
    return [];
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT') return []; // it was just removed
    const isReadOnly = code === 'EROFS';
    const message = circumstance(isReadOnly ? 'data-on-read-only-disk' : 'data-not-writable');
    const remedy = circumstance(isReadOnly ? 'mount-writable' : 'run-as-server-user');
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
