import { readFileSync } from 'node:fs';

/**
 * Processor time that the calling thread has used, in milliseconds, from any beginning. Where the system does not tell
 * it (it is Linux that does), that of the whole process.
 */
export function threadTimeMs(): number {
  const nanoseconds = Number(readSchedulerStatistics().split(' ', 1)[0]);
  if (nanoseconds > 0) return nanoseconds / 1e6;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function readSchedulerStatistics(): string {
  try {
    return readFileSync('/proc/thread-self/schedstat', 'latin1');
  } catch {
    return '';
  }
}
