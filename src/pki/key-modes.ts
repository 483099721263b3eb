import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FolderFinding } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import { systemErrorCode } from '../base/files/system-error';
import { tokenKeyName } from './token-key';

/** File mode bits that let others read or write. */
const others = 0o077;

/**
 * Finds a private key that others can read.
 * @returns a description and the command that fixes it; `undefined` when the key is private, or missing
 * @throws the system's error when it cannot be checked
 */
export async function findOpenKey(path: string): Promise<FolderFinding | undefined> {
  const mode = await modeOf(path);
  if (mode === undefined || (mode & others) === 0) return undefined;
  return {
    severity: 'error',
    path,
    message: circumstance('key-readable'),
    remedy: circumstance('run-chmod', { mode: '600', path }),
  };
}

/** The same for the keys that affect all devices: the CA's, the server's, and the one that seals tokens. */
export async function findOpenKeys(dir: string): Promise<readonly FolderFinding[]> {
  const found = await Promise.all(
    ['ca.key', 'server.key', tokenKeyName].map((name) => findOpenKey(join(dir, name))),
  );
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
