import type { Why } from '../../core/reasons/why';
import type { DeviceIdentity } from '../../core/device';
import { decideOffer, judgeOffer, type Offer, type RuleResult } from '../../core/offer';
import type { AskingDevice, OfferTerms, Question } from '../../core/offer-question';
import type { Release } from '../../core/release';
import type { VersionRange } from '../../core/version-range';
import type { DeviceRecord } from '../../core/device-record';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import type { ReleaseNumbers } from '../../ports/device-updates';
import type { WatchRestores } from '../startup/watch-restores';
import { type AskingPorts, describeAsking } from './asking-device';
import { findWay } from './find-way';

export interface DecisionPorts extends AskingPorts {
  readonly catalog: Catalog;
  readonly watchRestores: Pick<WatchRestores, 'hold'>;
  /** How often a bundle may fail on a device. */
  readonly maxTries: number;
  /** How often a reboot may interrupt the installation of a bundle on a device. */
  readonly maxInterruptions: number;
  /** Why a running release must pause now that this many devices have failed; `null` if it may continue. */
  readonly pauseReason: (release: Release, countFailures: () => number) => Why | null;
  readonly bundleTrust: Pick<BundleTrust, 'whyNot'>;
}

/** Asks the rules of an offer, adding what the server knows besides the device. */
export interface OfferDecisions {
  /** Describes a device, like {@link describeAsking}; while the server itself holds all devices, it is held. */
  describe(
    releases: ReleaseNumbers,
    record: DeviceRecord | undefined,
    identity: Pick<DeviceIdentity, 'id' | 'compatibles'>,
    asked: string | null,
    meansDefault?: boolean,
  ): AskingDevice;
  decide(releases: ReleaseNumbers, device: AskingDevice, question: Question): Offer;
  /** The same for people, with what each rule says, and how the device can reach a version from which it may update. */
  explain(
    releases: ReleaseNumbers,
    device: AskingDevice,
    question: Question,
  ): { readonly offer: Offer; readonly chain: readonly RuleResult[] };
}

export function createOfferDecisions(ports: DecisionPorts): OfferDecisions {
  const { catalog, watchRestores, maxTries, maxInterruptions } = ports;
  const termsBy = (releases: ReleaseNumbers): OfferTerms => ({
    maxTries,
    maxInterruptions,
    inProgress: (releaseId) => releases.inProgress(releaseId),
    pauseReason: (release) => ports.pauseReason(release, () => releases.failures(release.id)),
    distrust: (bundle) => ports.bundleTrust.whyNot(bundle),
  });
  const releasesFor = ({ compatible }: AskingDevice) =>
    compatible === null ? [] : catalog.releasesOf(compatible);

  return {
    describe(releases, record, identity, asked, meansDefault = false) {
      const device = describeAsking(ports, releases, record, identity, asked, meansDefault);
      // A person's hold comes before the server's own.
      const hold = device.hold ?? watchRestores.hold();
      return hold === device.hold ? device : { ...device, hold };
    },

    decide: (releases, device, question) =>
      decideOffer(device, releasesFor(device), question, termsBy(releases)),

    explain(releases, device, question) {
      // Only for people, who can act on it; a polling device does not wait for it.
      const wayTo = (range: VersionRange) => findWay(catalog, device, range);
      const asked = [device, releasesFor(device), question, { ...termsBy(releases), wayTo }] as const;
      return { offer: decideOffer(...asked), chain: judgeOffer(...asked) };
    },
  };
}
