import { stat } from 'node:fs/promises';
import { systemErrorCode } from '../base/files/system-error';

/**
 * How long a command may take between the first and the last file, in milliseconds; a longer wait means that it hangs.
 */
const patienceMs = 10_000;

export interface FollowOptions<T> {
  readonly paths: readonly string[];
  /** Files of one change are written one after the other: wait until nothing has changed for this long. */
  readonly settleMs: number;
  /** The state in use; `undefined` to start with the first state found. */
  readonly current: string | undefined;
  /** Whether more changes are coming, so that the current state must not be used. */
  readonly isBeingChanged: () => boolean;
  readonly read: () => Promise<T>;
  readonly contentOf: (value: T) => string;
  readonly onChange: (value: T) => void;
  readonly onError: (error: unknown) => void;
}

/** Files that are read again when they have changed and settled; each bad state is reported once. */
export class FollowedFiles<T> {
  #inUse: string | undefined;
  #handledState: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isClosed = false;
  #lookAgain = false;

  constructor(private readonly options: FollowOptions<T>) {
    this.#inUse = options.current;
  }

  /** Resolves when the files, as they were at the call, are in use or have been reported as bad. */
  look(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#lookAgain = true;
    return (this.#running ??= this.#run());
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    while (this.#lookAgain && !this.#isClosed) {
      this.#lookAgain = false;
      await this.#settle();
    }
    this.#running = undefined;
  }

  async #settle(): Promise<void> {
    const { paths, isBeingChanged } = this.options;
    const state = await stateOf(paths);
    if (this.#isClosed || state === this.#handledState) return;
    if (this.#handledState !== undefined || this.#inUse !== undefined) {
      const since = performance.now();
      do await this.#pause();
      while (isBeingChanged() && performance.now() - since < patienceMs);
      if ((await stateOf(paths)) !== state) {
        this.#lookAgain = true;
        return;
      }
    }
    await this.#take(state);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#timer = setTimeout(resolve, this.options.settleMs).unref();
    });
  }

  async #take(state: string): Promise<void> {
    const { paths, read, contentOf, onChange, onError } = this.options;
    const [found] = await Promise.allSettled([read()]);
    // The files changed while they were being read: what was read, or what failed, may be a mix of both states.
    if ((await stateOf(paths)) !== state) {
      this.#lookAgain = true;
      return;
    }
    this.#handledState = state;
    try {
      if (found.status === 'rejected') throw found.reason;
      const content = contentOf(found.value);
      const isChanged = this.#inUse !== undefined && content !== this.#inUse;
      if (!this.#isClosed && isChanged) onChange(found.value);
      this.#inUse = content;
    } catch (error) {
      if (!this.#isClosed) onError(error);
    }
  }
}

/** Changes whenever one of the files does, even on a rename of the same size within one clock tick. */
async function stateOf(paths: readonly string[]): Promise<string> {
  const states = await Promise.all(
    paths.map(async (path) => {
      try {
        const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
        return [ino, size, mtimeNs, ctimeNs].join(':');
      } catch (error) {
        return systemErrorCode(error) ?? 'unknown';
      }
    }),
  );
  return states.join(' ');
}
