import { readFileSync } from 'node:fs';

/** The numbers of the cores that programs are pinned to. */
export interface Cores {
  readonly server: number;
  /** Different from the server's core, if there is another. */
  readonly load: number;
}

/** Chooses among the cores that this process may run on. */
export function chooseCores(): Cores {
  const [, list = ''] = /^Cpus_allowed_list:\s+(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const numbers = list.split(/[,-]/).map(Number);
  return { server: numbers[0] ?? 0, load: numbers.at(-1) ?? 0 };
}
