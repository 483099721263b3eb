import type { DeviceIdentity } from '../core/device';
import { decideOffer, type Offer } from '../core/offer';
import type { Catalog } from './catalog';
import { defaultCompatible } from './default-compatible';

/** Answers a device's question "what should I install?" from what is known in memory. */
export interface OfferUpdate {
  /** @param compatible what the device asked for; `null` when it did not say: then the default one is meant */
  offer(identity: DeviceIdentity, compatible: string | null): Offer;
}

/** @param configuredCompatible the default compatible; `null` when none is configured */
export function createOfferUpdate(catalog: Catalog, configuredCompatible: string | null): OfferUpdate {
  return {
    offer(identity, asked) {
      const compatible = asked ?? defaultCompatible(catalog, configuredCompatible).compatible;
      const releases = compatible === null ? [] : catalog.releasesOf(compatible);
      return decideOffer({ id: identity.id, compatible, boundCompatibles: identity.compatibles }, releases);
    },
  };
}
