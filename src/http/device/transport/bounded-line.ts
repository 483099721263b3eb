import type { Clock } from '../../../ports/clock';

/** Logs the first of many lines, then one per period that counts the others, so that strangers cannot fill the disk. */
export class BoundedLine {
  #quietUntilMs = -Infinity;
  #leftOut = 0;

  /** @param periodMs the time between two lines */
  constructor(
    private readonly tell: (facts: object, message: string) => void,
    private readonly now: Clock,
    private readonly periodMs: number,
  ) {}

  write(facts: object, message: string): void {
    const nowMs = this.now().getTime();
    if (nowMs < this.#quietUntilMs && nowMs >= this.#quietUntilMs - this.periodMs) {
      this.#leftOut += 1;
      return;
    }
    this.tell(this.#leftOut === 0 ? facts : { ...facts, leftOut: this.#leftOut }, message);
    this.#quietUntilMs = nowMs + this.periodMs;
    this.#leftOut = 0;
  }
}
