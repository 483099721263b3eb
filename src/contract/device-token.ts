import { z } from 'zod';
import { maxOverlapMs, tokenMaxLength, tokenMinLength, tokenPattern } from '../core/device-token';
import { count, instant, nullableInstant, nullableText } from './answer-fields';

const token = z
  .string()
  .min(tokenMinLength)
  .max(tokenMaxLength)
  .regex(tokenPattern, 'not printable ASCII without spaces');

export const newDeviceTokenBody = z.strictObject({
  token: token.optional().describe('Default: a new random one'),
});

export const rotateTokenBody = newDeviceTokenBody.extend({
  overlap_seconds: z
    .number()
    .int()
    .min(0)
    .max(maxOverlapMs / 1000)
    .optional()
    .describe('How long the old token stays valid; default: a week'),
});

export const deviceTokenJson = z.object({
  token: z.string(),
  created_at: instant,
  created_by: z.string(),
  previous_until: nullableInstant.describe('When the previous token expires; until then, both are valid'),
});

/** What is known about a token without showing it. */
export const deviceTokenStateJson = z.object({
  exists: z.boolean(),
  created_at: nullableInstant,
  created_by: nullableText,
  previous_until: deviceTokenJson.shape.previous_until,
});

export type DeviceTokenJson = z.infer<typeof deviceTokenJson>;
export type DeviceTokenStateJson = z.infer<typeof deviceTokenStateJson>;

/** How many at a time. */
export const maxImportedTokens = 500;

/** Other servers may accept ids and tokens that are invalid here. Each is judged separately, so one does not stop the others. */
const importedText = z.string().max(512);

export const importTokensBody = z.strictObject({
  tokens: z
    .array(z.strictObject({ id: importedText, token: importedText }))
    .min(1)
    .max(maxImportedTokens),
});

export const importedTokensJson = z.object({
  created: count.describe('New devices'),
  changed: count.describe('Devices whose token was replaced'),
  failed: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
});

export const noTokenJson = z.object({ removed: z.string() });
export const noTokensJson = z.object({ removed: count });
