import { RecentMap } from '../../../base/collections/recent-map';
import { addressGroup } from '../../address-group';
import type { Clock } from '../../../ports/clock';

/** Counts failures per address in fixed windows, in bounded memory. */
export interface FailureLimiter {
  /**
   * Counts a failure.
   * @returns seconds to wait when the address has failed too often, else 0
   */
  fail(address: string): number;
}

const windowSeconds = 60;
const maxAddresses = 10_000;

/** @param maxFailures that an address may have per minute */
export function createFailureLimiter(now: Clock, maxFailures = 10): FailureLimiter {
  const windows = new RecentMap<string, { readonly endsAt: number; failures: number }>(maxAddresses);
  return {
    fail(address) {
      const time = now().getTime();
      const key = addressGroup(address);
      let window = windows.get(key);
      // A clock set back would keep an address out for as long: such a window is over, too.
      if (window === undefined || time >= window.endsAt || time < window.endsAt - windowSeconds * 1000) {
        window = { endsAt: time + windowSeconds * 1000, failures: 0 };
        windows.set(key, window);
      }
      window.failures += 1;
      return window.failures > maxFailures ? Math.max(1, Math.ceil((window.endsAt - time) / 1000)) : 0;
    },
  };
}
