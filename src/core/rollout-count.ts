/**
 * The devices that a rollout is meant for: those of its channel that a step reaches and that its versions do not leave out, silent
 * ones among them. Those that somebody holds or has pinned are not waited for, nor those that nobody has heard of yet.
 */
export interface RolloutCount {
  readonly devices: number;
  /** Of them: a boot has shown that they run it. */
  readonly proven: number;
  /** Of them: not proven, and not heard of for long. They keep the rollout from being complete. */
  readonly silent: number;
  /** Of them: not proven, and it was never offered to them. */
  readonly notReached: number;
  /** Beside them: not proven, and held. */
  readonly held: number;
  /** Beside them: not proven, and pinned. */
  readonly pinned: number;
  readonly countedAt: Date;
}

/** How many percent of the devices are proven, rounded down; `null` without devices. */
export function provenPercent({ devices, proven }: Pick<RolloutCount, 'devices' | 'proven'>): number | null {
  return devices === 0 ? null : Math.floor((proven / devices) * 100);
}
