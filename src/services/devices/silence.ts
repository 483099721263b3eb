import type { UpTime } from '../clock/up-time';

/** When a device counts as silent. */
export interface Silence {
  /** After so long without a contact, in which the server was up; in milliseconds. */
  readonly afterMs: number;
  /** Since when all others were heard; `null` when the server was not up for so long, so that none is silent. */
  readonly heardSince: () => Date | null;
}

export function silenceAfter(afterMs: number, upTime: Pick<UpTime, 'timesOfLast'>): Silence {
  return { afterMs, heardSince: () => upTime.timesOfLast(afterMs)?.from ?? null };
}
