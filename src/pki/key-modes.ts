import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderFinding } from '../core/certificate';
import { systemErrorCode } from '../base/files/system-error';

/** Of a file: that others than its owner may read or write it. */
const others = 0o077;

/**
 * A private key that others than its owner may read.
 * @returns what it is and the command that mends it; `undefined` for one that is closed, or not there
 * @throws the system's error when it cannot be looked at
 */
export async function findOpenKey(path: string): Promise<FolderFinding | undefined> {
  const mode = await modeOf(path);
  if (mode === undefined || (mode & others) === 0) return undefined;
  return {
    severity: 'error',
    path,
    message: 'other users can read this key',
    remedy: `chmod 600 ${path}`,
  };
}

/** The same of the keys that decide over all devices: the CA's and the server's. */
export async function findOpenKeys(dir: string): Promise<readonly FolderFinding[]> {
  const found = await Promise.all(['ca.key', 'server.key'].map((name) => findOpenKey(join(dir, name))));
  return found.filter((finding) => finding !== undefined);
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
