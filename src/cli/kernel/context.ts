import path from 'node:path';
import type { Output, Terminal, Wiring } from './wiring';
import { printable, printableJson } from './printable';
import type { Surroundings } from './surroundings';

/** 0 done, 1 refused, 2 usage or configuration, 3 a wait timed out, 70 a bug (sysexits' EX_SOFTWARE). */
export type ExitCode = 0 | 1 | 2 | 3 | 70;

/** What every command gets. */
export interface CliContext {
  readonly wiring: Wiring;
  readonly terminal: Terminal;
  readonly surroundings: Surroundings;
  /** How the run ends unless it fails. */
  exitCode: ExitCode;
}

/** Writes data for people to standard output; text of others can't command their terminal. */
export function print(context: CliContext, text: string): void {
  writeLine(context.terminal.stdout, printable(text));
}

/** Writes data for programs to standard output. */
export function printJson(context: CliContext, value: unknown): void {
  writeLine(context.terminal.stdout, printableJson(value, 2));
}

/** Tells programs on standard error why there is no data. */
export function talkJson(context: CliContext, value: unknown): void {
  writeLine(context.terminal.stderr, printableJson(value));
}

/** Says something that is no data: standard error. */
export function talk(context: CliContext, text: string): void {
  writeLine(context.terminal.stderr, printable(text));
}

function writeLine(stream: Output, text: string): void {
  stream.write(`${text}\n`);
}

/** A path as one would type it here: relative when it is below the working directory. */
export function shownPath(context: CliContext, absolute: string): string {
  const relative = path.relative(context.surroundings.cwd, absolute);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? absolute : relative;
}
