/**
 * The devices that a rollout is meant for: those of its channel that a step reaches and its versions do not exclude, including
 * silent ones. It does not wait for held or pinned devices, nor for devices that have never made contact.
 */
export interface RolloutCount {
  readonly devices: number;
  /** Of them: a boot has shown that they run it. */
  readonly proven: number;
  /** Of them: not proven, and not heard of for long. They keep the rollout from being complete. */
  readonly silent: number;
  /** Of them: not proven, and it was never offered to them. */
  readonly notReached: number;
  /** Apart from these: held and not proven. */
  readonly held: number;
  /** Apart from these: pinned and not proven. */
  readonly pinned: number;
  readonly countedAt: Date;
}

/** How many percent of the devices are proven, rounded down; `null` without devices. */
export function provenPercent({ devices, proven }: Pick<RolloutCount, 'devices' | 'proven'>): number | null {
  return devices === 0 ? null : Math.floor((proven / devices) * 100);
}
