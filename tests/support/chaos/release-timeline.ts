/** A request to make a bundle current. */
interface Change {
  readonly bundle: string;
  readonly askedMs: number;
  /** When its effect was there, or can no longer come. */
  endedMs: number;
  /** Whether it is known to have had its effect. */
  isDone: boolean;
}

/** How long a change may still come from a server that has just died: PostgreSQL may have received it. */
const aftermathMs = 1_000;

/** Which bundle may be current when, as far as clients of several servers can know. */
export class ReleaseTimeline {
  readonly #changes: Change[] = [];

  /** @param nowMs of the clock of all other times */
  constructor(private readonly nowMs: () => number) {}

  /** A request to make this bundle current is sent. Call one of the functions when it ends. */
  ask(bundle: string): { done(): void; refused(): void; lost(): void } {
    const change: Change = { bundle, askedMs: this.nowMs(), endedMs: Infinity, isDone: false };
    this.#changes.push(change);
    return {
      done: () => {
        change.endedMs = this.nowMs();
        change.isDone = true;
      },
      refused: () => {
        this.#changes.splice(this.#changes.indexOf(change), 1);
      },
      lost: () => {
        change.endedMs = this.nowMs() + aftermathMs;
      },
    };
  }

  /**
   * Whether a bundle may be offered by an answer to a question that was sent and answered at these times: someone asked for it, and no
   * other bundle that was asked for after that was current before the question.
   */
  mayOffer(bundle: string, sentMs: number, answeredMs: number): boolean {
    let replacedMs = -Infinity;
    for (const one of this.#changes)
      if (one.isDone && one.bundle !== bundle && one.endedMs <= sentMs)
        replacedMs = Math.max(replacedMs, one.askedMs);
    return this.#changes.some(
      (one) => one.bundle === bundle && one.askedMs <= answeredMs && one.endedMs > replacedMs,
    );
  }

  /** Whether the current bundle may have changed between two times. */
  mayChange(fromMs: number, untilMs: number): boolean {
    return this.#changes.some(({ askedMs, endedMs }) => askedMs <= untilMs && endedMs >= fromMs);
  }
}
