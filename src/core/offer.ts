import type { Bundle } from './bundle';
import type { Admission, Hold } from './device';
import { type Candidate, judgeRule, type NothingReason, type OfferRule, offerRules } from './offer-rules';
import type { Release } from './release';
import { stepOf } from './rollout';
import type { VersionRange } from './version-range';

/** What a device is, as far as the offer depends on it. */
export interface AskingDevice {
  readonly id: string;
  /** What it asked for or is known to be; `null` when nobody knows and the server has no default. */
  readonly compatible: string | null;
  /** What its certificate is bound to; empty means no binding. */
  readonly boundCompatibles: readonly string[];
  readonly channel: string;
  readonly labels: readonly string[];
  readonly admission: Admission;
  readonly hold: Hold | null;
  /** The bundle that a person chose for it; its bundle is `undefined` when it is gone. */
  readonly pin: { readonly bundleName: string; readonly bundle: Bundle | undefined } | null;
  readonly systemVersion: string | null;
  /** The hash of the bundle that it is proven to run; `null` when nobody knows. */
  readonly provenSha256: string | null;
  /** It tells its slot: then a bundle of the version that runs can be told from a rollback. */
  readonly tellsSlot: boolean;
  /** Failures and rollbacks by the bundle's hash, as far as nobody has cleared them. */
  readonly failures: ReadonlyMap<string, number>;
  /** Installations that a reboot interrupted, likewise. */
  readonly interruptions: ReadonlyMap<string, number>;
  /** The hash of the bundle that a person called off on it and nobody has cleared. */
  readonly cancelledSha256: string | null;
  /** The bundle that it was told of and may still ask for. */
  readonly standing: StandingOffer | null;
  /** The bundle that it has installed, as far as anybody knows, and has not booted into; `null` without. */
  readonly unbooted: UnbootedBundle | null;
}

export interface UnbootedBundle {
  readonly bundleName: string;
  readonly sha256: string;
  /** After that nobody waits for the boot any more. */
  readonly until: Date;
}

export interface StandingOffer {
  readonly bundle: Bundle;
  readonly releaseId: number | null;
  readonly endsAt: Date;
  /** The device was seen to begin: it is in progress, also when the offer has ended. */
  readonly hasBegun: boolean;
  /** It was told again and again and does not begin: its place is another's, and it asks for one anew. */
  readonly isIgnored: boolean;
}

/** How the device asks. */
export interface Question {
  readonly at: Date;
  /** It begins to install what it was told of, and must get just that. */
  readonly isInstall: boolean;
  /** It streams, and stops at what can't be streamed: RAUC's own poller. */
  readonly mustStream: boolean;
}

/** What is known beside the device. */
export interface OfferTerms {
  /** How often a bundle may fail on a device. */
  readonly maxTries: number;
  /** How often a reboot may interrupt the installation of a bundle on a device. */
  readonly maxInterruptions: number;
  /** Installations of a release that are in progress. */
  readonly inProgress: (releaseId: number) => number;
  /** Why a running release must pause now; `null` when it may go on. */
  readonly pauseReason?: (release: Release) => string | null;
  /** Why a bundle must not reach devices by today's verdict; `null` when it may. */
  readonly distrust?: (bundle: Bundle) => string | null;
  /** How the device comes to a version in a range, as words for people; left out where nobody reads them. */
  readonly wayTo?: (range: VersionRange) => string | null;
}

/** What one rule says about one device. */
export interface RuleResult {
  readonly rule: OfferRule;
  /** `null` for a rule that could not be asked, because one before it left nothing to ask about. */
  readonly passed: boolean | null;
  /** A sentence for people. */
  readonly message: string;
}

/** What the server answers one device now: a bundle, or nothing with a reason that people can read. */
export type Offer = {
  readonly compatible: string;
  /** Every rule, also those after the one that decided. */
  readonly chain: readonly RuleResult[];
} & (
  | {
      readonly kind: 'bundle';
      readonly bundle: Bundle;
      /** `null` for a pinned bundle, and for a standing offer whose release is gone. */
      readonly release: Release | null;
      /** The step of the rollout that the device belongs to; `null` without a release. */
      readonly step: number | null;
    }
  | { readonly kind: 'nothing'; readonly reason: NothingReason; readonly message: string }
);

/**
 * Decides what a device gets. Every door translates this answer, none decides.
 *
 * Pure: the same question gets the same answer. A held device never gets anything; a bundle goes to devices of its own
 * compatible alone, unless a person released it by force for another one; a pin wins over the channel and its rollout.
 * @param releases the releases that may concern the device; others are ignored
 */
export function decideOffer(
  device: AskingDevice,
  releases: readonly Release[],
  question: Question,
  terms: OfferTerms,
): Offer {
  const found = findCandidate(device, releases, question);
  const compatible = device.compatible ?? '';
  const verdicts = offerRules.map((rule) => {
    return { rule, ...judgeRule(rule, { device, question, terms, candidate: found }) };
  });
  const chain = verdicts.map(({ rule, passed, message }) => ({ rule, passed, message }));
  const refusal = verdicts.find(({ passed }) => passed === false);
  if (refusal?.reason !== undefined) {
    return { kind: 'nothing', compatible, reason: refusal.reason, message: refusal.message, chain };
  }
  if (found === undefined) throw new Error('no rule refused, and there is no bundle');
  const { bundle, release, step } = found;
  return { kind: 'bundle', compatible, bundle, release, step, chain };
}

function findCandidate(
  device: AskingDevice,
  releases: readonly Release[],
  { isInstall, at }: Question,
): Candidate | undefined {
  const { compatible, channel, pin, standing } = device;
  if (compatible === null) return undefined;
  if (isInstall && standing !== null && at < standing.endsAt) {
    const { releaseId, bundle } = standing;
    const isItsRelease = (one: Release) => one.id === releaseId && one.bundle.sha256 === bundle.sha256;
    const release = releases.find(isItsRelease) ?? null;
    const step = release === null ? null : stepOf(release.rollout.policy, release.id, device);
    return { source: 'standing', bundle, release, step };
  }
  if (pin !== null) {
    return pin.bundle === undefined
      ? undefined
      : { source: 'pin', bundle: pin.bundle, release: null, step: null };
  }
  const release = releases.find((one) => one.compatible === compatible && one.channel === channel);
  if (release === undefined) return undefined;
  const step = stepOf(release.rollout.policy, release.id, device);
  return { source: 'release', bundle: release.bundle, release, step };
}
