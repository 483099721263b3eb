import type { Case } from './offer-case';
import type { Verdict } from './offer-verdict';
import { bundleRules } from './rules/bundle';
import { deviceRules } from './rules/device';
import { rolloutRules } from './rules/rollout';
import { triesRules } from './rules/tries';
import { versionRules } from './rules/versions';

const judges = { ...deviceRules, ...bundleRules, ...versionRules, ...triesRules, ...rolloutRules };

/** A rule on the way to an offer. */
export type OfferRule = keyof typeof judges;

/** The rules, in the order in which they are asked. */
export const offerRules = [
  'compatible',
  'certificate',
  'admitted',
  'not-held',
  'standing-offer',
  'release',
  'opaque',
  'bundle-compatible',
  'trusted',
  'streamable',
  'other-version',
  'not-older',
  'from',
  'booted',
  'tries-left',
  'running',
  'started',
  'step',
  'window',
  'capacity',
] as const satisfies readonly OfferRule[];

/** Asks one rule. Pure; a rule that has nothing to judge neither passes nor refuses. */
export function judgeRule(rule: OfferRule, asked: Case): Verdict {
  return judges[rule](asked);
}
