import { z } from 'zod';
import { activationActions } from '../core/release';
import { releaseOutcomes } from '../core/release-end';
import { count, instant, nullableInstant, nullableText } from './answer-fields';
import { channelField, policyJson } from './policy';
import { bundleName, compatible, flag, optionalCompatible, pageLimit, wholeNumber } from './request-fields';
import { installationState } from './installation';
import { meantDevicesJson, rolloutState } from './rollout';
import { whyFields } from './why';

export const historyQuery = z.strictObject({
  compatible: optionalCompatible,
  channel: channelField,
  limit: pageLimit,
  before: wholeNumber.transform(Number).optional().describe('the next_before of the page before'),
});

export const goBackBody = z.strictObject({
  compatible,
  channel: channelField,
  expected: bundleName.optional().describe('refuse when another bundle was current before'),
  expected_release: count.optional().describe('refuse when another release is the one before'),
  unproven: flag.describe('also to a bundle that no device has proven'),
  resume: flag.describe('let it continue if it was paused; failures so far are accepted'),
});

export const activationJson = z.object({
  id: count,
  compatible: z.string(),
  channel: z.string(),
  action: z.enum(activationActions),
  bundle: nullableText,
  previous_bundle: nullableText,
  release_id: count.nullable().describe('the release that it made or brought back'),
  at: instant,
  by: z.string(),
  forced: z.boolean(),
});

/** The outcome of a release, in numbers of devices. */
const releaseResultJson = z.object({
  outcome: z
    .enum(releaseOutcomes)
    .describe('what became of it; while it is current, the state of its rollout'),
  completed_at: nullableInstant.describe('when all devices that it is meant for were proven'),
  duration_seconds: count
    .nullable()
    .describe('until it was complete, else until something took its place; null while it is still current'),
  percent: count.nullable().describe('proven of the devices that it is meant for, rounded down'),
  total: meantDevicesJson
    .extend({ counted_at: instant })
    .nullable()
    .describe('as counted last while it was current; null when it never was'),
  offered: count.describe('devices that were offered it, each once'),
  installed: count.describe('of them: had it on the disk, whatever came of it'),
  rolled_back: count.describe('of them: booted into the version before'),
  failures: z
    .array(z.object({ state: installationState, reason: nullableText, ...whyFields, devices: count }))
    .describe('why devices failed: the ten most frequent reasons of up to 1,000 failures'),
  state: rolloutState.describe('the rollout as it was left'),
  step: count.describe('the step that it reached, from 1'),
  steps: count,
  reason: nullableText,
  ...whyFields,
  devices: count.describe('devices that began to install it'),
  proven: count.describe('of them: proven'),
  failed: count.describe('of them: failed or rolled back, each once'),
  outcomes: z.record(z.string(), count).describe('devices by the state of their installation'),
});

/** A line of the history, with the outcome of its release. */
export const historyLineJson = activationJson.extend({
  ended_by: nullableText.describe('the bundle that took its place; null for nothing'),
  ended_at: nullableInstant.describe('when something else took its place; null while it is the last'),
  result: releaseResultJson.nullable().describe('what the release came to; null for a deactivation'),
});

export const historyPageJson = z.object({
  history: z.array(historyLineJson),
  next_before: count.nullable(),
});

/** Where going back leads. */
export const backTargetJson = z.object({
  release_id: count,
  bundle: z.string(),
  version: nullableText,
  released_at: instant,
  released_by: z.string(),
  policy: policyJson,
  result: releaseResultJson,
  ever_proven: z
    .boolean()
    .describe('a device has proven the bundle or runs its version; else going back needs "unproven": true'),
});

export type ActivationJson = z.infer<typeof activationJson>;
export type ReleaseResultJson = z.infer<typeof releaseResultJson>;
export type HistoryLineJson = z.infer<typeof historyLineJson>;
export type BackTargetJson = z.infer<typeof backTargetJson>;
export type HistoryPageJson = z.infer<typeof historyPageJson>;
