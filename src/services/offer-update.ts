import type { DeviceIdentity } from '../core/device';
import type { Offer } from '../core/offer';

/** Answers a device's question "what should I install?" from what is known in memory. */
export interface OfferUpdate {
  /** @param compatible what the device asked for; `null` when it did not say: then the default one is meant */
  offer(identity: DeviceIdentity, compatible: string | null): Offer;
}
