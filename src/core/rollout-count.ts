/**
 * The devices for which a rollout is meant: those of its channel that a step reaches and its versions do not exclude, including
 * silent ones. It does not wait for held or pinned devices, or for devices that have never made contact.
 */
export interface RolloutCount {
  readonly devices: number;
  /** How many of them run it, as a boot has shown. */
  readonly proven: number;
  /** How many of them are not proven and have long been silent. Until they are proven, the rollout is not complete. */
  readonly silent: number;
  /** How many of them are not proven and were never offered it. */
  readonly notReached: number;
  /** How many other devices are held and not proven. */
  readonly held: number;
  /** How many other devices are pinned and not proven. */
  readonly pinned: number;
  readonly countedAt: Date;
}

/** How many percent of the devices are proven, rounded down; `null` without devices. */
export function provenPercent({ devices, proven }: Pick<RolloutCount, 'devices' | 'proven'>): number | null {
  return devices === 0 ? null : Math.floor((proven / devices) * 100);
}
