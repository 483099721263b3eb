interface Span {
  readonly fromMs: number;
  readonly allowed: ReadonlySet<string>;
}

/**
 * Which bundle may be current when, as far as a client can know: between a request and its answer both the old and the new one, and so on
 * until the next answer if it gets none.
 */
export class ReleaseTimeline {
  readonly #spans: Span[] = [];

  /** @param nowMs of the clock of all other times */
  constructor(
    first: string,
    private readonly nowMs: () => number,
  ) {
    this.#allow([first]);
  }

  /** A request to make this bundle current is sent. */
  asked(bundle: string): void {
    this.#allow([...(this.#spans.at(-1)?.allowed ?? []), bundle]);
  }

  /** It is answered: every poll that is sent from now on must know. */
  answered(bundle: string): void {
    this.#allow([bundle]);
  }

  /** Whether a bundle may be offered by an answer to a poll that was sent and answered at these times. */
  mayOffer(bundle: string, sentMs: number, answeredMs: number): boolean {
    return this.#spans.some(({ fromMs, allowed }, index) => {
      const untilMs = this.#spans[index + 1]?.fromMs ?? Infinity;
      return allowed.has(bundle) && fromMs <= answeredMs && untilMs >= sentMs;
    });
  }

  #allow(bundles: readonly string[]): void {
    this.#spans.push({ fromMs: this.nowMs(), allowed: new Set(bundles) });
  }
}
