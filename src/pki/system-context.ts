import { randomBytes } from 'node:crypto';
import type { FolderContext } from './folder-context';
import type { Clock } from '../ports/clock';

/** A folder with the system's own randomness. */
export function systemContext(dir: string, now: Clock): FolderContext {
  return { dir, now, random: randomBytes };
}
