import { createInterface } from 'node:readline';
import type { CliContext } from './context';

/** Whether a person sits there who can be asked. */
export function canAsk({ terminal }: CliContext): boolean {
  return terminal.stdin.isTTY === true && terminal.stderr.isTTY === true;
}

/** Asks on standard error. @returns false unless the person says yes; the end of the input is a no */
export async function ask({ terminal: { stdin, stderr } }: CliContext, question: string): Promise<boolean> {
  stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
  } finally {
    // A terminal that is still read from keeps the process running: leaving the loop alone does not close it.
    lines.close();
  }
  stderr.write('\n');
  return false;
}
