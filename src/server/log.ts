import { isatty } from 'node:tty';
import { type Logger, pino } from 'pino';
import type { Config } from '../config/config';
import { readableLine } from './log-line';

/** Where a log is written. */
export interface LogOutput {
  /** The descriptor of an open file, such as 2 for standard error. */
  readonly descriptor: number;
  readonly isTerminal: boolean;
}

/** Standard error. */
const ownOutput: LogOutput = { descriptor: 2, isTerminal: isatty(2) };

/** Opens the log of the server: readable on a terminal and JSON for services, unless the configuration says otherwise. */
export function openLog(
  { logLevel: level, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>,
  { descriptor, isTerminal } = ownOutput,
): Logger {
  const output = pino.destination({ dest: descriptor, sync: true });
  const isReadable = logFormat === 'text' || (logFormat === 'auto' && isTerminal);
  if (!isReadable) return pino({ level }, output);
  return pino({ level }, { write: (line) => void output.write(readableLine(line)) });
}
