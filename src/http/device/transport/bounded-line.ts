import type { Clock } from '../../../ports/clock';

/** Lets the first of many lines through, then one a period that counts the others: what strangers do must not fill the disk. */
export class BoundedLine {
  #quietUntilMs = -Infinity;
  #leftOut = 0;

  /** @param periodMs between two lines */
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
