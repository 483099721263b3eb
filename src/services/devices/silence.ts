import type { UpTime } from '../clock/up-time';

/** When a device counts as silent. */
export interface Silence {
  /** After this long without a contact while the server was up; in milliseconds. */
  readonly afterMs: number;
  /** Devices heard from since this time are not silent; `null` while the server was not up long enough for any to be silent. */
  readonly heardSince: () => Date | null;
}

export function silenceAfter(afterMs: number, upTime: Pick<UpTime, 'timesOfLast'>): Silence {
  return { afterMs, heardSince: () => upTime.timesOfLast(afterMs)?.from ?? null };
}
