import { z } from 'zod';
import { count, instant, nullableText } from './answer-fields';
import { channelField, policyFields } from './policy';
import { effectFields, reachJson, warningsJson } from './reach';
import { bundleName, compatible, flag, optionalCompatible, wholeNumber, word } from './request-fields';
import { rolloutJson, rolloutProgressJson } from './rollout';

/** The path of a request about one release. */
export const releaseParams = z.object({ id: wholeNumber.transform(Number) });

export const releaseListQuery = z.strictObject({
  compatible: compatible.optional(),
  channel: word.optional(),
});

export const newReleaseBody = z.strictObject({
  bundle: bundleName,
  compatible: optionalCompatible,
  channel: channelField,
  force: flag.describe('Even if the manifest names another compatible'),
  ...policyFields,
});

/** A compatible with one of its channels, as fields of a request. */
const channelFields = { compatible, channel: channelField };
export const channelOfCompatible = z.strictObject(channelFields);
export const deactivateBody = z.strictObject({
  ...channelFields,
  expected_release: count.optional().describe('Refuse if another release is current'),
});

export const releaseJson = z.object({
  id: count,
  compatible: z.string(),
  channel: z.string(),
  bundle: z.string(),
  sha256: z.string(),
  version: nullableText,
  released_at: instant,
  released_by: z.string(),
  forced: z.boolean().describe('Even if the manifest names another compatible'),
});

export const releaseWithRolloutJson = releaseJson.extend({ rollout: rolloutJson });

export const releaseListJson = z.object({ releases: z.array(releaseWithRolloutJson) });

/** A release that was just made. */
export const madeReleaseJson = releaseWithRolloutJson.extend(effectFields);

export const releasePreviewJson = z.object({
  compatible: z.string(),
  channel: z.string(),
  version: nullableText.describe('Of the bundle'),
  changes: z.boolean().describe('False if it is already current and stays as it is'),
  current: releaseWithRolloutJson.nullable().describe('What it replaces'),
  reach: reachJson,
  warnings: warningsJson,
});

export const releaseDetailsJson = releaseWithRolloutJson.extend({
  progress: rolloutProgressJson,
  undo: z
    .object({ bundle: nullableText.describe('What would then be current; null: nothing') })
    .nullable()
    .describe('Null if it cannot be undone, because a device was offered it or it was brought back'),
});

export const releaseDefaultsJson = z.object({
  steps: z.string().describe('RELEASE_STEPS; 100 is everyone at once'),
  pause_at_failures: count.describe('RELEASE_PAUSE_AT_FAILURES'),
});

export const deactivatedChannelJson = z.object({ deactivated: z.string() });

export const undoneReleaseJson = z.object({
  undone: count,
  release: releaseWithRolloutJson.nullable().describe('What is current now; null: nothing'),
});

export type NewReleaseBody = z.infer<typeof newReleaseBody>;
export type ReleaseJson = z.infer<typeof releaseJson>;
export type ReleaseWithRolloutJson = z.infer<typeof releaseWithRolloutJson>;
export type MadeReleaseJson = z.infer<typeof madeReleaseJson>;
export type ReleasePreviewJson = z.infer<typeof releasePreviewJson>;
export type ReleaseDetailsJson = z.infer<typeof releaseDetailsJson>;
export type ReleaseDefaultsJson = z.infer<typeof releaseDefaultsJson>;
export type ReleaseListJson = z.infer<typeof releaseListJson>;
export type UndoneReleaseJson = z.infer<typeof undoneReleaseJson>;
