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
  before: wholeNumber.transform(Number).optional().describe('`next_before` of the previous page'),
});

export const goBackBody = z.strictObject({
  compatible,
  channel: channelField,
  expected: bundleName.optional().describe('Refuse if another bundle is the previous one'),
  expected_release: count.optional().describe('Refuse if another release is the previous one'),
  unproven: flag.describe('Allow a bundle that no device has proven'),
  resume: flag.describe('Let it continue if it was paused; failures so far are accepted'),
});

export const activationJson = z.object({
  id: count,
  compatible: z.string(),
  channel: z.string(),
  action: z.enum(activationActions),
  bundle: nullableText,
  previous_bundle: nullableText,
  release_id: count.nullable().describe('The release that it made or brought back'),
  at: instant,
  by: z.string(),
  forced: z.boolean(),
});

/** The outcome of a release, in numbers of devices. */
const releaseResultJson = z.object({
  outcome: z.enum(releaseOutcomes).describe('Its outcome; while it is current, the state of its rollout'),
  completed_at: nullableInstant.describe('When all devices that it is meant for were proven'),
  duration_seconds: count
    .nullable()
    .describe('Until it was complete or, if it never was, until it was replaced; null while it is current'),
  percent: count.nullable().describe('Percentage of its devices that are proven, rounded down'),
  total: meantDevicesJson
    .extend({ counted_at: instant })
    .nullable()
    .describe('As last counted while it was current; null if it never was'),
  offered: count.describe('Devices that were offered it; each counts once'),
  installed: count.describe('Of these: installed it, whatever the outcome'),
  rolled_back: count.describe('Of these: booted into the previous version'),
  failures: z
    .array(z.object({ state: installationState, reason: nullableText, ...whyFields, devices: count }))
    .describe('Why devices failed: the ten most frequent reasons of up to 1,000 failures'),
  state: rolloutState.describe('The last state of the rollout'),
  step: count.describe('The step that it reached, from 1'),
  steps: count,
  reason: nullableText,
  ...whyFields,
  devices: count.describe('Devices that started installing it'),
  proven: count.describe('Of these: proven'),
  failed: count.describe('Of these: failed or rolled back; each counts once'),
  outcomes: z.record(z.string(), count).describe('Devices by the state of their installation'),
});

/** A line of the history, with the outcome of its release. */
export const historyLineJson = activationJson.extend({
  ended_by: nullableText.describe('The bundle that replaced it; null if none did'),
  ended_at: nullableInstant.describe('When it was replaced; null while it is current'),
  result: releaseResultJson.nullable().describe('The result of the release; null for a deactivation'),
});

export const historyPageJson = z.object({
  history: z.array(historyLineJson),
  next_before: count.nullable(),
});

/** The release to which going back leads. */
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
    .describe(
      'A device has proven the bundle or runs its version; otherwise going back needs "unproven": true',
    ),
});

export type ActivationJson = z.infer<typeof activationJson>;
export type ReleaseResultJson = z.infer<typeof releaseResultJson>;
export type HistoryLineJson = z.infer<typeof historyLineJson>;
export type BackTargetJson = z.infer<typeof backTargetJson>;
export type HistoryPageJson = z.infer<typeof historyPageJson>;
