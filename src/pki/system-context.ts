import { randomBytes } from 'node:crypto';
import type { FolderContext } from './folder-context';

/** A folder with the system's own randomness. */
export function systemContext(folder: Omit<FolderContext, 'random'>): FolderContext {
  return { ...folder, random: randomBytes };
}
