import { SharedRun } from '../base/collections/shared-run';
import { type ChoreFailure, type ChoreName, type ChoreStatus, isWriteProblem } from '../core/chore';
import type { DomainError } from '../core/errors';
import type { Clock } from '../ports/clock';
import type { Log } from '../ports/log';
import type { Leadership } from '../ports/nodes';

/** A run resolves to this when there is more to do, and runs again at the next look. */
export const moreToDo = Symbol('more-to-do');

/** At each look, about once a second. */
export const eachLook = 0;

/** Recurring work of the server. */
export interface Chore {
  readonly name: ChoreName;
  /** From the begin of a run to the next one, in milliseconds; {@link eachLook} for the shortest. */
  readonly everyMs: number;
  /** From the end of a failed run to the next one, in milliseconds; default: {@link eachLook}. */
  readonly retryMs?: number;
  /** On each node, or on the one that leads. */
  readonly runsOn: 'every-node' | 'leader';
  /** Whether later chores in the list wait for its end; otherwise it runs alongside them. */
  readonly isWaitedFor: boolean;
  /** How long a run may take before it counts as failed, in milliseconds. */
  readonly limitMs: number;
  /** May reject, or resolve to {@link moreToDo}. */
  readonly run: () => Promise<unknown>;
}

export interface ChorePorts {
  readonly chores: readonly Chore[];
  readonly leadership: Leadership;
  /** Why writes fail, which is logged elsewhere; `null` when they do not. */
  readonly writeProblem: () => DomainError | null;
  readonly log: Log;
  readonly now: Clock;
  /** In milliseconds; setting the clock does not change it. */
  readonly monotonicMs: () => number;
  /** Waits; an aborted signal may end the wait early, with or without an error. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How long later chores wait for one, in milliseconds; then it runs alongside them. */
export const chorePatienceMs = 5_000;

/** Runs chores in their order, each when it is due. One that fails or hangs does not stop the others. */
export class ChoreRunner {
  readonly #entries: readonly ChoreEntry[];
  readonly #looks = new SharedRun(() => this.#look());

  constructor(private readonly ports: ChorePorts) {
    this.#entries = ports.chores.map((chore) => new ChoreEntry(chore, ports));
  }

  /** Runs the chores that are due. Call it about once a second; it never rejects. */
  run(): Promise<void> {
    for (const entry of this.#entries) {
      if (!this.#isHere(entry)) entry.rest();
      entry.noteHang();
    }
    for (const entry of this.#due(false)) void entry.start();
    return this.#looks.start();
  }

  statuses(): readonly ChoreStatus[] {
    return this.#entries.map((entry) => entry.status());
  }

  /** A last run. It does not wait for hanging chores, and later failures go unreported. */
  async close(): Promise<void> {
    await this.run();
    for (const entry of this.#entries) entry.silence();
  }

  async #look(): Promise<void> {
    for (const entry of this.#due(true)) await this.#waitFor(entry.start());
  }

  *#due(isWaitedFor: boolean): Iterable<ChoreEntry> {
    for (const entry of this.#entries) {
      const isWanted = entry.chore.isWaitedFor === isWaitedFor;
      if (isWanted && this.#isHere(entry) && entry.isDue()) yield entry;
    }
  }

  #isHere({ chore }: ChoreEntry): boolean {
    return chore.runsOn === 'every-node' || this.ports.leadership.isLeader();
  }

  async #waitFor(ended: Promise<void>): Promise<void> {
    const isOver = new AbortController();
    const patience = this.ports.wait(chorePatienceMs, isOver.signal).catch(() => undefined);
    await Promise.race([ended, patience]);
    isOver.abort();
  }
}

/** A chore and its status. */
class ChoreEntry {
  #running: { readonly sinceMs: number; isOverdue: boolean } | null = null;
  /** When it may run again: the time of its last run, and how much time must pass since; `null` for at once. */
  #rest: { readonly since: Date; readonly ms: number } | null = null;
  #lastSuccessAt: Date | null = null;
  #lastDurationMs: number | null = null;
  #failures = 0;
  #failing: ChoreFailure | null = null;
  /** Why it fails, as last logged; `null` when it does not. */
  #told: string | null = null;
  #isSilent = false;

  constructor(
    readonly chore: Chore,
    private readonly ports: ChorePorts,
  ) {}

  status(): ChoreStatus {
    return {
      name: this.chore.name,
      lastSuccessAt: this.#lastSuccessAt,
      failures: this.#failures,
      lastDurationMs: this.#lastDurationMs,
      failing: this.#failing,
    };
  }

  /** A clock that was set back makes it due, too. */
  isDue(): boolean {
    if (this.#running !== null) return false;
    if (this.#rest === null) return true;
    return Math.abs(this.ports.now().getTime() - this.#rest.since.getTime()) >= this.#rest.ms;
  }

  /** Counts a run that does not end as one failure. */
  noteHang(): void {
    const { limitMs } = this.chore;
    const running = this.#running;
    if (running === null || running.isOverdue || this.ports.monotonicMs() - running.sinceMs < limitMs) return;
    running.isOverdue = true;
    this.#fail(new Error(`it has not ended within ${Math.round(limitMs / 1_000)} s`));
  }

  /** Never rejects. */
  async start(): Promise<void> {
    const { monotonicMs, now } = this.ports;
    const { everyMs, retryMs = eachLook } = this.chore;
    const beganAt = now();
    const running = { sinceMs: monotonicMs(), isOverdue: false };
    this.#running = running;
    try {
      const outcome = await this.#run();
      this.#rest = outcome === moreToDo ? null : { since: beganAt, ms: everyMs };
      this.#succeed();
    } catch (error) {
      this.#rest = { since: now(), ms: retryMs };
      if (this.#isOfLeader && !this.ports.leadership.isLeader()) this.rest();
      else this.#fail(error);
    }
    this.#lastDurationMs = monotonicMs() - running.sinceMs;
    this.#running = null;
  }

  /** Another node does this now, so failures here no longer matter. */
  rest(): void {
    this.#failing = null;
    this.#told = null;
  }

  silence(): void {
    this.#isSilent = true;
  }

  get #isOfLeader(): boolean {
    return this.chore.runsOn === 'leader';
  }

  #run(): Promise<unknown> {
    const { chore, ports } = this;
    return this.#isOfLeader ? ports.leadership.lead(() => chore.run()) : chore.run();
  }

  #succeed(): void {
    this.#lastSuccessAt = this.ports.now();
    if (this.#told !== null && !this.#isSilent)
      this.ports.log.info({ chore: this.chore.name }, 'a chore of the server succeeds again');
    this.#failing = null;
    this.#told = null;
  }

  /**
   * Logs the first failure, and each one with a different reason. Does not log that nothing can be saved, because that is one
   * cause for many chores.
   */
  #fail(error: unknown): void {
    const before = this.#failing;
    this.#failures += 1;
    this.#failing = { since: before?.since ?? this.ports.now(), error };
    const reason = reasonOf(error);
    if (this.#isSilent || this.#told === reason || isWriteProblem(error, this.ports.writeProblem())) return;
    this.#told = reason;
    this.ports.log.error(
      { err: error, chore: this.chore.name },
      'a chore of the server fails: it is tried again',
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
