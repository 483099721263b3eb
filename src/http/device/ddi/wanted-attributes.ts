import { RecentMap } from '../../../base/collections/recent-map';

/** More than these are asked again at their next poll, and after a restart all are: it costs a device one small request. */
const maxRemembered = 100_000;
/** A device may be configured to tell something else. */
const askedAgainAfterMs = 3_600_000;

/** Whose attributes are wanted: of each device once an hour, and when it has installed something. */
export class WantedAttributes {
  /** When a device told them. */
  readonly #told = new RecentMap<string, number>(maxRemembered);

  isWanted(deviceId: string, at: Date): boolean {
    const toldAtMs = this.#told.get(deviceId);
    return toldAtMs === undefined || Math.abs(at.getTime() - toldAtMs) >= askedAgainAfterMs;
  }

  want(deviceId: string): void {
    this.#told.delete(deviceId);
  }

  areTold(deviceId: string, at: Date): void {
    this.#told.set(deviceId, at.getTime());
  }
}
