import { constants, lstatSync, openSync } from 'node:fs';
import path from 'node:path';
import { systemErrorCode } from '../base/files/system-error';
import { DomainError } from '../core/errors';

/** Everything that the server creates, opens or empties below its data folder under a fixed name, folders first. */
const ownNames = [
  'bundles',
  'bundles/.incoming',
  'manifests',
  'server.db',
  'server.db-wal',
  'server.db-shm',
  'server.lock',
  'manifest.json',
  'manifest.json.legacy',
  'database.marker',
  'crash.json',
];

/**
 * Refuses a data folder with a symbolic link where the server expects its own file or folder: an attacker who can put
 * one there could make the server read, empty or overwrite what they cannot. The data folder itself may be a link,
 * because the operator chose its name.
 * @throws DomainError `configuration`
 */
export function refuseLinks(dataDir: string): void {
  for (const name of ownNames) {
    const file = path.join(dataDir, name);
    if (!isLink(file)) continue;
    throw DomainError.of('symbolic-link-in-data', { file });
  }
}

function isLink(file: string): boolean {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

/** Opens a file only under its own name: fails with `ELOOP` if that is a symbolic link. */
export const readOnlyNoFollow = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Opens a file to append, creating it for its owner only if it is missing.
 * @returns the descriptor
 */
export function openOwnFile(file: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  return openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
}
