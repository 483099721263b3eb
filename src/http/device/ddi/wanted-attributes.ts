import { RecentMap } from '../../../base/collections/recent-map';

/**
 * Devices beyond this number are asked again at their next poll, as are all devices after a restart. It costs each one
 * small request.
 */
const maxRemembered = 100_000;
/** By then, a device's configuration may have changed. */
const askedAgainAfterMs = 3_600_000;

/** Which devices to ask for their attributes: each once an hour, and after an installation. */
export class WantedAttributes {
  /** When each device sent them. */
  readonly #told = new RecentMap<string, number>(maxRemembered);

  /** @param knownSince when the device appeared: what an earlier device with its name sent does not count */
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
