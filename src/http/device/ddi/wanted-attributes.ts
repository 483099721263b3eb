import { RecentMap } from '../../../base/collections/recent-map';

/** More than these are asked again at their next poll, and after a restart all are: it costs a device one small request. */
const maxRemembered = 100_000;

/** Whose attributes are wanted: of each device once, and again when it has installed something. */
export class WantedAttributes {
  readonly #told = new RecentMap<string, true>(maxRemembered);

  isWanted(deviceId: string): boolean {
    return this.#told.get(deviceId) !== true;
  }

  want(deviceId: string): void {
    this.#told.delete(deviceId);
  }

  areTold(deviceId: string): void {
    this.#told.set(deviceId, true);
  }
}
