import type { Offer, RuleResult } from '../../core/offer';
import type { Fleet } from '../devices/fleet';
import type { OfferUpdate } from './offer-update';

/** Why a device does or does not get something, by the protocol that it asks in. */
export interface Explanation {
  readonly deviceId: string;
  /** For scripts that read the manifest and download. */
  readonly manifest: Offer;
  /** For RAUC's own poller, which streams. */
  readonly polling: Offer;
}

/** Answers "why does this device (not) get this?". */
export interface ExplainOffer {
  /**
   * What the device would be told now, by the rules that answer it. What its certificate is bound to is what it was at the
   * last contact; without a binding that rule is told as not asked.
   * @throws DomainError `not-found`
   */
  explain(deviceId: string): Explanation;
}

export interface ExplainPorts {
  readonly fleet: Fleet;
  readonly offerUpdate: OfferUpdate;
}

export function createExplainOffer({ fleet, offerUpdate }: ExplainPorts): ExplainOffer {
  return {
    explain(deviceId) {
      const { device } = fleet.get(deviceId);
      const identity = { id: deviceId, compatibles: device.boundCompatibles };
      const ask = (mustStream: boolean): Offer => {
        const offer = offerUpdate.preview(identity, device.facts.compatible, { mustStream });
        const isBound = device.boundCompatibles.length > 0;
        return isBound ? offer : { ...offer, chain: offer.chain.map(withoutBinding) };
      };
      return { deviceId, manifest: ask(false), polling: ask(true) };
    },
  };
}

function withoutBinding(result: RuleResult): RuleResult {
  if (result.rule !== 'certificate') return result;
  return { ...result, passed: null, message: 'what its certificate is bound to is known only while it asks' };
}
