import path from 'node:path';
import type { Environment } from '../../config/environment';
import type { Output, Terminal, Wiring } from './wiring';
import { printable, printableJson } from './printable';
import { coloured } from './colours';
import type { Surroundings } from './surroundings';

/** 0 done, 1 refused, 2 usage or configuration, 3 a wait timed out, 70 a bug (sysexits' EX_SOFTWARE). */
export type ExitCode = 0 | 1 | 2 | 3 | 70;

/** What every command gets. */
export interface CliContext {
  readonly wiring: Wiring;
  readonly terminal: Terminal;
  readonly surroundings: Surroundings;
  /** The exit code unless the run fails. */
  exitCode: ExitCode;
}

/** Writes results for people to standard output; text from others cannot control their terminal. */
export function print(context: CliContext, text: string): void {
  writeText(context, context.terminal.stdout, text);
}

/** Writes results for programs to standard output. */
export function printJson(context: CliContext, value: unknown): void {
  writeLine(context.terminal.stdout, printableJson(value, 2));
}

/** Tells programs on standard error why there is no result. */
export function talkJson(context: CliContext, value: unknown): void {
  writeLine(context.terminal.stderr, printableJson(value));
}

/** Writes a message to standard error. */
export function talk(context: CliContext, text: string): void {
  writeText(context, context.terminal.stderr, text);
}

function writeText({ surroundings: { env } }: CliContext, stream: Output, text: string): void {
  const shown = printable(text);
  writeLine(stream, isColourful(stream, env) ? coloured(shown) : shown);
}

/** Colours on a terminal that has them, unless the user wants none (https://no-color.org). */
function isColourful({ isTTY }: Output, env: Environment): boolean {
  return isTTY === true && env['TERM'] !== 'dumb' && (env['NO_COLOR'] ?? '') === '';
}

function writeLine(stream: Output, text: string): void {
  stream.write(`${text}\n`);
}

/** A path as one would type it here: relative if it is below the working directory. */
export function shownPath(context: CliContext, absolute: string): string {
  const relative = path.relative(context.surroundings.cwd, absolute);
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative) ? absolute : relative;
}
