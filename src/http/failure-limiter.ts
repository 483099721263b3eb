import { RecentMap } from '../base/collections/recent-map';
import type { Clock } from '../ports/clock';
import { addressGroup } from './address-group';

const windowMs = 60_000;
const maxAddresses = 10_000;

/** Counts failures per address in fixed windows, in bounded memory. */
export class FailureLimiter {
  readonly #windows = new RecentMap<string, { readonly endsAt: number; failures: number }>(maxAddresses);

  /** @param maxFailures how many are allowed per address and minute */
  constructor(
    private readonly now: Clock,
    private readonly maxFailures = 10,
  ) {}

  /**
   * Counts a failure.
   * @returns seconds to wait when the address has failed too often, else 0
   */
  fail(address: string): number {
    const time = this.now().getTime();
    const window = this.#windowOf(addressGroup(address), time);
    window.failures += 1;
    return window.failures > this.maxFailures ? Math.max(1, Math.ceil((window.endsAt - time) / 1000)) : 0;
  }

  #windowOf(key: string, time: number) {
    const known = this.#windows.get(key);
    // If the clock was set back, the window would last longer by as much: treat it as over.
    if (known !== undefined && time < known.endsAt && time >= known.endsAt - windowMs) return known;
    const window = { endsAt: time + windowMs, failures: 0 };
    this.#windows.set(key, window);
    return window;
  }
}
