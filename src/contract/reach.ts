import { z } from 'zod';
import { count } from './answer-fields';
import { findingJson } from './finding';

const deviceGroupJson = z.object({
  devices: count,
  versions: z
    .array(z.object({ version: z.string(), devices: count }))
    .describe('The versions that they run, most frequent first; at most 10'),
});

/** Which devices a release reaches on its channel, as far as versions decide. */
export const reachJson = z.object({
  devices: count.describe('Devices that follow the channel, without pinned ones'),
  up_to_date: count.describe('Devices that already run its version'),
  reached: count.describe('Devices that may be offered it, including downgrades'),
  goes_down: deviceGroupJson.describe('Devices that it reaches and that run a newer version'),
  left_out_newer: deviceGroupJson.describe(
    'Not reached: they run a newer version; allow_downgrade includes them',
  ),
  left_out_by_from: deviceGroupJson.describe(
    'Not reached: the release cannot be installed on the version that they run',
  ),
  unknown_version: count.describe("Devices whose version is unknown, or cannot be compared by RAUC's rules"),
});

/** Warnings about what is probably unintended in a release. */
export const warningsJson = z
  .array(findingJson)
  .describe(
    'Likely mistakes, such as a step for a label that no device has, or images that differ from the manifest',
  );

/** The effect of a release, in the answer to the request that made it. */
export const effectFields = {
  reach: reachJson.nullable().describe('The devices that it reaches; null if they cannot be counted now'),
  warnings: warningsJson,
};

export type DeviceGroupJson = z.infer<typeof deviceGroupJson>;
export type ReachJson = z.infer<typeof reachJson>;
export type EffectJson = z.infer<z.ZodObject<typeof effectFields>>;
