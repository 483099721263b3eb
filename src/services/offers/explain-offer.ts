import type { DeviceIdentity } from '../../core/device';
import type { Offer, RuleResult } from '../../core/offer';
import { skip } from '../../core/offer-verdict';
import { noLimits, type OfferingProtocol, type ProtocolLimits } from '../../core/protocol';
import type { Clock } from '../../ports/clock';
import type { Fleet } from '../../ports/fleet';
import type { OfferDecisions } from './offer-decisions';

/** What a device would be told in one protocol, and what each rule says about it. */
export interface ExplainedOffer {
  readonly protocol: string;
  readonly offer: Offer;
  readonly chain: readonly RuleResult[];
}

/** Why a device does or does not get something, in each protocol that it may use. */
export interface Explanation {
  readonly deviceId: string;
  readonly answers: readonly ExplainedOffer[];
}

/** Answers "why does this device (not) get this?". */
export interface ExplainOffer {
  /**
   * What the device would be told now, by the same rules that answer it. Its certificate's binding is taken from the last
   * contact; without one, that rule is shown as not asked.
   * @throws DomainError `not-found`
   */
  explain(deviceId: string): Promise<Explanation>;
  /** What a device, even an unknown one, would be told now. Changes nothing. */
  preview(
    identity: Pick<DeviceIdentity, 'id' | 'compatibles'>,
    compatible: string | null,
    limits?: ProtocolLimits,
  ): Promise<Offer>;
}

export interface ExplainPorts {
  readonly fleet: Pick<Fleet, 'find' | 'get' | 'counting'>;
  readonly decisions: OfferDecisions;
  /** Protocols that devices use to ask what to install. */
  readonly protocols: readonly OfferingProtocol[];
  readonly now: Clock;
}

export function createExplainOffer({ fleet, decisions, protocols, now }: ExplainPorts): ExplainOffer {
  return {
    async explain(deviceId) {
      const record = await fleet.get(deviceId);
      const { boundCompatibles, facts } = record.device;
      const identity = { id: deviceId, compatibles: boundCompatibles };
      const at = now();
      return fleet.counting((releases) => {
        const device = decisions.describe(releases, record, identity, facts.compatible);
        const answers = protocols.map(({ name, limits }) => {
          const { offer, chain } = decisions.explain(releases, device, { at, isInstall: false, limits });
          const isBound = boundCompatibles.length > 0;
          return { protocol: name, offer, chain: isBound ? chain : chain.map(withoutBinding) };
        });
        return { deviceId, answers };
      });
    },

    async preview(identity, compatible, limits = noLimits) {
      const record = await fleet.find(identity.id);
      const at = now();
      return fleet.counting((releases) => {
        const device = decisions.describe(releases, record, identity, compatible);
        return decisions.decide(releases, device, { at, isInstall: false, limits });
      });
    },
  };
}

function withoutBinding(result: RuleResult): RuleResult {
  if (result.rule !== 'certificate') return result;
  return { rule: result.rule, ...skip('certificate-unseen', {}) };
}
