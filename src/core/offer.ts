import type { Bundle } from './bundle';
import { type Candidate, judgeRule, type NothingReason, type OfferRule, offerRules } from './offer-rules';
import type { AskingDevice, OfferTerms, Question } from './offer-question';
import type { Release } from './release';
import { stepOf } from './rollout';

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
 * Decides what a device gets. Every protocol translates this answer, none decides.
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
