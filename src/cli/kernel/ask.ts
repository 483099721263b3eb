import { createInterface } from 'node:readline';
import type { CliContext } from './context';

/** Whether there is a person to ask. */
export function canAsk({ terminal }: CliContext): boolean {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
}

/** Asks on standard error. @returns false unless the answer is yes; the end of the input means no */
export async function ask({ terminal: { stdin, stderr } }: CliContext, question: string): Promise<boolean> {
  stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
  } finally {
    // An open reader on the terminal would keep the process running, and leaving the loop does not close it.
    lines.close();
  }
  stderr.write('\n');
  return false;
}
