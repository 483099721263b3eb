import { z } from 'zod';
import { count } from './answer-fields';
import { findingJson } from './finding';

const deviceGroupJson = z.object({
  devices: count,
  versions: z
    .array(z.object({ version: z.string(), devices: count }))
    .describe('what they run, the most frequent first; at most 10'),
});

/** Which devices a release reaches on its channel, as far as versions decide. */
export const reachJson = z.object({
  devices: count.describe('that follow the channel; pinned ones do not count'),
  up_to_date: count.describe('run its version already'),
  reached: count.describe('may be offered it, those that go down among them'),
  goes_down: deviceGroupJson.describe('reached, and run a newer version'),
  left_out_newer: deviceGroupJson.describe(
    'not reached: they run a newer version; allow_downgrade includes them',
  ),
  left_out_by_from: deviceGroupJson.describe('not reached: the release does not start from what they run'),
  unknown_version: count.describe('of all: their version is unknown, or RAUC cannot compare it'),
});

/** What is probably not intended with a release. */
export const warningsJson = z
  .array(findingJson)
  .describe(
    'what is probably not meant, such as a step for a label that no device has, or images that the manifest does not fit',
  );

/** What a release does, with the answer that says that it was made. */
export const effectFields = {
  reach: reachJson.nullable().describe('whom it reaches; null when that cannot be counted now'),
  warnings: warningsJson,
};

export type DeviceGroupJson = z.infer<typeof deviceGroupJson>;
export type ReachJson = z.infer<typeof reachJson>;
export type EffectJson = z.infer<z.ZodObject<typeof effectFields>>;
