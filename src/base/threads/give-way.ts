import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import path from 'node:path';

/**
 * Lowers the calling thread's priority: devices come first. On Linux each thread has its own priority, set by the thread's id;
 * elsewhere this does nothing.
 */
export function giveWay(): void {
  try {
    const thread = Number(path.basename(readlinkSync('/proc/thread-self')));
    if (thread > 0) setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The thread keeps its normal priority.
  }
}
