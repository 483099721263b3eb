import { randomBytes } from 'node:crypto';
import type { FolderContext } from './folder-context';
import type { Clock } from '../ports/clock';
import type { SharedRevocations } from '../ports/revocations';

/** A folder with the system's own randomness. */
export function systemContext(dir: string, now: Clock, shared?: SharedRevocations): FolderContext {
  return { dir, now, random: randomBytes, shared };
}
