import { RecentMap } from '../../../base/collections/recent-map';

/** Devices beyond these are asked again at their next poll, and after a restart all are: one small request each. */
const maxRemembered = 100_000;
/** A device's configuration may have changed by then. */
const askedAgainAfterMs = 3_600_000;

/** Whose attributes to ask for: each device's once an hour, and after an installation. */
export class WantedAttributes {
  /** When each device sent them. */
  readonly #told = new RecentMap<string, number>(maxRemembered);

  /** @param knownSince when the device appeared: what one of that name told before counts no more */
  isWanted(deviceId: string, at: Date, knownSince: Date | null): boolean {
    const toldAtMs = this.#told.get(deviceId);
    if (toldAtMs === undefined || (knownSince !== null && toldAtMs < knownSince.getTime())) return true;
    return Math.abs(at.getTime() - toldAtMs) >= askedAgainAfterMs;
  }

  want(deviceId: string): void {
    this.#told.delete(deviceId);
  }

  areTold(deviceId: string, at: Date): void {
    this.#told.set(deviceId, at.getTime());
  }
}
