/** The clocks of a machine, which people and batteries set; only the monotonic one never jumps. */
export class MachineClock {
  #wallMs: number;
  #monotonicMs = 1_000;

  constructor(start = '2026-11-02T12:00:00Z') {
    this.#wallMs = Date.parse(start);
  }

  readonly now = (): Date => new Date(this.#wallMs);
  readonly monotonicMs = (): number => this.#monotonicMs;

  /** Time passes. */
  pass(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }

  /** Moves the wall clock; back if negative. */
  set(byMs: number): void {
    this.#wallMs += byMs;
  }

  /** The machine was off, and boots: its monotonic clock starts from zero. */
  boot(offMs: number): void {
    this.#wallMs += offMs;
    this.#monotonicMs = 0;
  }
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
export const yearMs = 365 * dayMs;
