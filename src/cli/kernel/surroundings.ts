import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { version } from '../../../package.json';
import { calledAs } from '../../base/text/called-as';
import { processEnvironment, type Environment } from '../../config/environment';
import type { Clock } from '../../ports/clock';
import type { Terminal } from './wiring';

/** The signals that stop a server in an orderly way. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** What a command knows about its process: replaced in tests. */
export interface Surroundings {
  readonly env: Environment;
  /** Where `.env` is looked up and relative paths start. */
  readonly cwd: string;
  /** How to call the command line again in `cwd`. */
  readonly command: string;
  /** The user who runs the command, for the history. */
  readonly user: string;
  readonly version: string;
  readonly now: Clock;
  newId(): string;
  /** Resolves after this time. */
  wait(ms: number): Promise<void>;
  /** @returns stops listening */
  onStopSignal(listener: (signal: StopSignal) => void): () => void;
  /** Called with uncaught exceptions, instead of the process ending at once. @returns stops listening */
  onUncaughtException(listener: (error: unknown) => void): () => void;
  /** Ends the process at once. */
  exit(code: number): void;
}

export function processTerminal(): Terminal {
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
}

export function processSurroundings(): Surroundings {
  return {
    env: processEnvironment(),
    cwd: process.cwd(),
    command: calledAs(process.argv[1]),
    user: userName(),
    version,
    now: () => new Date(),
    newId: randomUUID,
    wait: (ms) => delay(ms),
    onStopSignal(listener) {
      const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.removeListener(signal, listener);
      };
    },
    onUncaughtException(listener) {
      process.on('uncaughtException', listener); // and with unhandled rejections
      return () => {
        process.removeListener('uncaughtException', listener);
      };
    },
    exit: (code) => process.exit(code),
  };
}

/** A user id in a container may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
