import { z } from 'zod';
import { count, instant, nullableText } from './answer-fields';
import { installationState } from './installation';
import { compatible, wholeNumber, word } from './request-fields';

/** How many devices there are of each kind. */
export const fleetJson = z.object({
  devices: count,
  waiting: count,
  held: count,
  pinned: count,
  counts: z.array(
    z.object({
      compatible: nullableText,
      channel: z.string(),
      system_version: nullableText,
      state: installationState.nullable(),
      devices: count,
    }),
  ),
});

export const labelListJson = z.object({
  labels: z.array(z.object({ label: z.string(), devices: count })),
});

export const versionCountJson = z.object({
  version: nullableText.describe('Null: unknown, or one of the less frequent ones'),
  devices: count,
});

export const fleetHistoryQuery = z.strictObject({
  compatible: compatible.optional(),
  channel: word.optional(),
  hours: wholeNumber.transform(Number).pipe(z.number().min(1).max(17_520)).default(48),
});

/** The versions that the fleet ran, over time. */
export const fleetHistoryJson = z.object({
  points: z
    .array(z.object({ at: instant, counts: z.array(versionCountJson) }))
    .describe('At most 200, oldest first; the last is the present moment'),
  versions: z.array(nullableText).describe('All versions that occur, in natural order; null last'),
});

export type FleetJson = z.infer<typeof fleetJson>;
export type LabelListJson = z.infer<typeof labelListJson>;
export type FleetHistoryJson = z.infer<typeof fleetHistoryJson>;
