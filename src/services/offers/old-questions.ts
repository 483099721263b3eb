import { DomainError } from '../../core/errors';
import type { MonotonicClock } from '../../ports/clock';

/** After how long a question may be out of date, in milliseconds: a device may have asked another server and booted since. */
const oldAfterMs = 10_000;
/**
 * How many beats pass after a standstill until everything that arrived meanwhile has been read: one may be due already, and between any two
 * others the event loop reads from every connection.
 */
const beatsToCatchUp = 3;
const catchUpSeconds = 3;

export interface OldQuestionsPorts {
  readonly monotonicMs: MonotonicClock;
  /** Called once for each standstill, with its length in milliseconds. */
  readonly onStandstill: (durationMs: number) => void;
}

/**
 * Refuses what devices asked long ago. A process that was stopped, or got no processor, finds what clients sent meanwhile when it continues. Nothing
 * shows how old that is, and it comes before any timer is due; but the last beat is old by then.
 */
export class OldQuestions {
  #beatAtMs: number;
  #beatsLeft = 0;

  constructor(private readonly ports: OldQuestionsPorts) {
    this.#beatAtMs = ports.monotonicMs();
  }

  /** Call it every second. */
  beat(): void {
    this.#notice();
    this.#beatAtMs = this.ports.monotonicMs();
    if (this.#beatsLeft > 0) this.#beatsLeft -= 1;
  }

  /**
   * A question has arrived.
   * @returns a function to call when it is decided; it throws the same error once that took too long
   * @throws DomainError `unavailable` if the question may have waited for this process
   */
  arrived(): () => void {
    this.#notice();
    if (this.#beatsLeft > 0) throw refusal();
    const { monotonicMs } = this.ports;
    const atMs = monotonicMs();
    return () => {
      if (monotonicMs() - atMs > oldAfterMs) throw refusal();
    };
  }

  #notice(): void {
    const nowMs = this.ports.monotonicMs();
    const durationMs = nowMs - this.#beatAtMs;
    if (durationMs <= oldAfterMs) return;
    this.#beatAtMs = nowMs;
    this.#beatsLeft = beatsToCatchUp;
    this.ports.onStandstill(durationMs);
  }
}

function refusal(): DomainError {
  return DomainError.of('question-is-old', {}, { details: { retryAfterSeconds: catchUpSeconds } });
}
