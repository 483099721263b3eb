import type { DeviceIdentity } from '../../core/device';
import { decideOffer, judgeOffer, type Offer, type RuleResult } from '../../core/offer';
import type { AskingDevice, OfferTerms, Question } from '../../core/offer-question';
import type { Release } from '../../core/release';
import type { VersionRange } from '../../core/version-range';
import type { DeviceRecord } from '../../ports/devices';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import type { ReleaseCounters } from '../devices/release-counters';
import type { WatchRestores } from '../startup/watch-restores';
import { type AskingPorts, describeAsking } from './asking-device';
import { describeWay } from './describe-way';

export interface DecisionPorts extends AskingPorts {
  readonly catalog: Catalog;
  readonly fleet: { readonly counters: Pick<ReleaseCounters, 'hasEnded' | 'inProgress'> };
  readonly watchRestores: Pick<WatchRestores, 'hold'>;
  /** How often a bundle may fail on a device. */
  readonly maxTries: number;
  /** How often a reboot may interrupt the installation of a bundle on a device. */
  readonly maxInterruptions: number;
  /** Why a running release must pause now; `null` when it may go on. */
  readonly pauseReason: (release: Release) => string | null;
  readonly bundleTrust: Pick<BundleTrust, 'whyNot'>;
}

/** Puts questions to the rules of an offer, with what the server knows beside the device. */
export interface OfferDecisions {
  /** Describes a device, as {@link describeAsking}; as long as the server itself holds everybody, it is held. */
  describe(
    record: DeviceRecord | undefined,
    identity: Pick<DeviceIdentity, 'id' | 'compatibles'>,
    asked: string | null,
    meansDefault?: boolean,
  ): AskingDevice;
  decide(device: AskingDevice, question: Question): Offer;
  /** The same for people, with what each rule says, and how the device comes to a version that it may start from. */
  explain(
    device: AskingDevice,
    question: Question,
  ): { readonly offer: Offer; readonly chain: readonly RuleResult[] };
}

export function createOfferDecisions(ports: DecisionPorts): OfferDecisions {
  const { catalog, fleet, watchRestores, maxTries, maxInterruptions } = ports;
  const terms: OfferTerms = {
    maxTries,
    maxInterruptions,
    inProgress: (releaseId) => fleet.counters.inProgress(releaseId),
    pauseReason: ports.pauseReason,
    distrust: (bundle) => ports.bundleTrust.whyNot(bundle),
  };
  const releasesFor = ({ compatible }: AskingDevice) =>
    compatible === null ? [] : catalog.releasesOf(compatible);

  return {
    describe(record, identity, asked, meansDefault = false) {
      const device = describeAsking(ports, record, identity, asked, meansDefault);
      // A hold of the server's own comes after a person's.
      return { ...device, hold: device.hold ?? watchRestores.hold() };
    },

    decide: (device, question) => decideOffer(device, releasesFor(device), question, terms),

    explain(device, question) {
      // For people, who can act on it; a device that polls is not made to wait for it.
      const wayTo = (range: VersionRange) => describeWay(catalog, device, range);
      const asked = [device, releasesFor(device), question, { ...terms, wayTo }] as const;
      return { offer: decideOffer(...asked), chain: judgeOffer(...asked) };
    },
  };
}
