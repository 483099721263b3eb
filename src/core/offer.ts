import type { Bundle } from './bundle';
import type { Candidate, Case } from './offer-case';
import { judgeRule, type OfferRule, offerRules } from './offer-rules';
import { isOpaque } from './opaque';
import type { AskingDevice, OfferTerms, Question } from './offer-question';
import type { NothingReason, Refusal, Verdict } from './offer-verdict';
import type { Release } from './release';
import { stepOf } from './rollout-step';

/** The server's answer to one device now: a bundle, or nothing with a reason that people can read. */
export type Offer = {
  readonly compatible: string;
} & (
  | {
      readonly kind: 'bundle';
      readonly bundle: Bundle;
      /** `null` for a pinned bundle, and for a standing offer whose release is gone. */
      readonly release: Release | null;
      /** The step of the rollout that the device belongs to; `null` without a release. */
      readonly step: number | null;
    }
  | {
      readonly kind: 'nothing';
      readonly reason: NothingReason;
      /** The reason with the parameters of its sentence. */
      readonly because: Refusal;
    }
);

/** What one rule says about one device. */
export type RuleResult = { readonly rule: OfferRule } & Verdict;

/**
 * Decides what a device gets. Protocols translate this answer and decide nothing.
 *
 * Pure: the same question gets the same answer. A held device never gets anything; a bundle goes only to devices of its own
 * compatible, unless it was released by force for another; a pin wins over the channel and its rollout.
 * @param releases at least those that may concern the device; others are ignored
 */
export function decideOffer(
  device: AskingDevice,
  releases: readonly Release[],
  question: Question,
  terms: OfferTerms,
): Offer {
  const compatible = device.compatible ?? '';
  const candidate = findCandidate(device, releases, question);
  const asked: Case = { device, question, terms, candidate };
  for (const rule of offerRules) {
    const verdict = judgeRule(rule, asked);
    if (verdict.passed === false)
      return { kind: 'nothing', compatible, reason: verdict.code, because: verdict };
  }
  if (candidate === undefined) throw new Error('no rule refused, and there is no bundle');
  const { bundle, release, step } = candidate;
  return { kind: 'bundle', compatible, bundle, release, step };
}

/** What every rule says about {@link decideOffer}'s answer, including the rules after the deciding one. For people. */
export function judgeOffer(
  device: AskingDevice,
  releases: readonly Release[],
  question: Question,
  terms: OfferTerms,
): readonly RuleResult[] {
  const asked: Case = { device, question, terms, candidate: findCandidate(device, releases, question) };
  return offerRules.map((rule) => ({ rule, ...judgeRule(rule, asked) }));
}

function findCandidate(
  device: AskingDevice,
  releases: readonly Release[],
  { isInstall, at }: Question,
): Candidate | undefined {
  const { compatible, channel, pin, standing } = device;
  // An opaque file has no compatible. It goes to the devices to which it is assigned.
  const mayBeOpaque = pin?.bundle !== undefined && isOpaque(pin.bundle);
  if (compatible === null && !mayBeOpaque) return undefined;
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
