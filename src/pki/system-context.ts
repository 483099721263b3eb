import { randomBytes } from 'node:crypto';
import type { FolderContext } from './folder-context';

/** A folder with the system's own randomness. */
export function systemContext(dir: string, now: () => Date): FolderContext {
  return { dir, now, random: randomBytes };
}
