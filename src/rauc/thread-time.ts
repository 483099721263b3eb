import { readFileSync } from 'node:fs';

/**
 * Processor time used by the calling thread, in milliseconds, from an arbitrary start. Only Linux reports
 * it; elsewhere, the time of the whole process.
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
