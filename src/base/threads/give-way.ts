import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';

/**
 * Lowers the calling thread's priority: devices come first. Linux has a priority for each thread, under the thread's number;
 * elsewhere nothing happens.
 */
export function giveWay(): void {
  try {
    const thread = Number(path.basename(readlinkSync('/proc/thread-self')));
    if (thread > 0) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It runs as everything else does.
  }
}
