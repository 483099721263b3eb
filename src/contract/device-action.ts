import { z } from 'zod';
import { nullableText, stringList } from './answer-fields';
import { bundleName, deviceId, flag } from './request-fields';

export const pinBody = z.strictObject({ bundle: bundleName });

export const cancelBody = z.strictObject({
  force: flag.describe('End it even if the device was told and has not answered'),
});

/** What can be done to many devices at once. */
export const bulkVerbs = [
  'admit',
  'hold',
  'unhold',
  'pin',
  'unpin',
  'clear',
  'channel',
  'add-label',
  'remove-label',
] as const;
export type BulkVerb = (typeof bulkVerbs)[number];

/** How many devices at a time. */
export const maxBulk = 1_000;

export const bulkBody = z.strictObject({
  action: z.enum(bulkVerbs),
  ids: z.array(deviceId).min(1).max(maxBulk),
  value: z
    .string()
    .max(200)
    .optional()
    .describe('The reason of a hold, the bundle of a pin, the channel or the label'),
});

/** The result for each device. */
export const bulkResultJson = z.object({
  done: stringList,
  failed: z.array(
    z.object({
      id: z.string(),
      code: z.string(),
      message: z.string(),
      reason: nullableText
        .default(null)
        .describe('The same as a code, in more detail than `code`, as in a problem document'),
      parameters: z
        .record(z.string(), z.unknown())
        .nullable()
        .default(null)
        .describe('Parameters of the sentence that `reason` stands for'),
    }),
  ),
});

export type BulkResultJson = z.infer<typeof bulkResultJson>;
