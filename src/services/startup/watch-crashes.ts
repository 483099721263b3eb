import { type Crash, nextCrash, partLeftOut } from '../../core/crash';
import type { CrashRecord } from '../../ports/crash';
import type { Log } from '../../ports/log';
import { failingPart } from './optional-parts';
import type { Clock } from '../../ports/clock';

export interface CrashPorts {
  readonly file: CrashRecord;
  readonly log: Log;
  readonly now: Clock;
}

/** Keeps from run to run how the server ended. */
export interface WatchCrashes {
  /** How the last run ended, if an exception that nothing caught ended it. */
  readonly last: Crash | undefined;
  /** Logs an exception that nothing caught, and keeps the first one for the next start. Call it where the exception arrived. */
  readonly note: (error: unknown) => void;
  /** The server closes. Without an exception before, the next run begins with a clean slate. */
  closed(): void;
}

export function watchCrashes({ file, log, now }: CrashPorts): WatchCrashes {
  const startedAt = now();
  const last = file.read();
  let hasCrashed = false;
  if (last !== undefined) {
    const part = partLeftOut(last);
    const outcome = part === null ? '' : `; this run leaves out ${part}: restart to try again`;
    log.warn({ crash: last }, `the last run ended with an error: ${last.message}${outcome}`);
  }
  return {
    last,
    note(error) {
      const part = failingPart();
      log.error({ err: error, part }, 'an exception was not caught: the server ends with 70');
      if (hasCrashed) return;
      hasCrashed = true;
      const message = error instanceof Error ? error.message : String(error);
      try {
        file.write(nextCrash(last, { at: now(), startedAt, part, message }));
      } catch (cause) {
        log.error({ err: cause }, 'how the server ended could not be written');
      }
    },
    closed() {
      if (!hasCrashed) file.clear();
    },
  };
}
