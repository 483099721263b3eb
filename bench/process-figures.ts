import { readFileSync } from 'node:fs';

const clockTicksPerSecond = 100; // sysconf(_SC_CLK_TCK) is 100 on every Linux
const kib = 1024;

/**
 * CPU time of processes and all their descendants so far, in seconds, including children that have ended. See
 * proc(5).
 */
export function cpuSeconds(pids: readonly number[]): number {
  const ofOne = (pid: number) => {
    const stat = readUnlessGone(`/proc/${pid}/stat`);
    if (stat === undefined) return 0; // its parent counts it now
    const [, fields = ''] = stat.split(/\) (?=\S )/);
    const [user, system, endedUser, endedSystem] = fields.split(' ').slice(11, 15).map(Number);
    return (
      ((user ?? NaN) + (system ?? NaN) + (endedUser ?? NaN) + (endedSystem ?? NaN)) / clockTicksPerSecond
    );
  };
  return sum(withChildren(pids).map(ofOne));
}

/** Memory of processes and all their descendants, in bytes. */
export function residentBytes(pids: readonly number[]): number {
  const ofOne = (pid: number) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) * kib;
  };
  return sum(withChildren(pids).map(ofOne));
}

function withChildren(pids: readonly number[]): readonly number[] {
  return pids.flatMap((pid) => {
    const children = readUnlessGone(`/proc/${pid}/task/${pid}/children`)?.trim() ?? '';
    return [pid, ...withChildren(children === '' ? [] : children.split(' ').map(Number))];
  });
}

function readUnlessGone(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
