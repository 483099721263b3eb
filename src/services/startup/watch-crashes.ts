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

/** Remembers how the previous run of the server ended. */
export interface WatchCrashes {
  /** How the last run ended, if by an uncaught exception. */
  readonly last: Crash | undefined;
  /** Logs an uncaught exception, and saves the first one for the next start. Call it in the handler of the exception. */
  readonly note: (error: unknown) => void;
  /** Call it when the server closes. Without an earlier exception, the next run begins with a clean slate. */
  closed(): void;
}

/** {@link WatchCrashes}, beginning with the record of the last run. */
export class CrashWatch implements WatchCrashes {
  readonly last: Crash | undefined;
  readonly #startedAt: Date;
  #hasCrashed = false;

  constructor(private readonly ports: CrashPorts) {
    this.#startedAt = ports.now();
    this.last = ports.file.read();
    if (this.last === undefined) return;
    const part = partLeftOut(this.last);
    const { message } = this.last;
    ports.log.warn(
      { crash: this.last },
      `the last run ended with an error: ${message}${part === null ? '' : `; this run leaves out ${part}: restart to try again`}`,
    );
  }

  readonly note = (error: unknown): void => {
    const { file, log, now } = this.ports;
    const part = failingPart();
    log.error({ err: error, part }, 'an exception was not caught: the server ends with 70');
    if (this.#hasCrashed) return;
    this.#hasCrashed = true;
    const message = error instanceof Error ? error.message : String(error);
    try {
      file.write(nextCrash(this.last, { at: now(), startedAt: this.#startedAt, part, message }));
    } catch (cause) {
      log.error({ err: cause }, 'how the server ended could not be written');
    }
  };

  closed(): void {
    if (this.#hasCrashed) return;
    try {
      this.ports.file.clear();
    } catch (error) {
      this.ports.log.error({ err: error }, 'how the run before ended could not be cleared');
    }
  }
}
