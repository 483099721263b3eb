import { z } from 'zod';
import { installationStates } from '../core/installation-states';
import { count, instant, nullableInstant, nullableText } from './answer-fields';
import { bundleName, deviceId, pageLimit, wholeNumber } from './request-fields';

export const installationState = z.enum(installationStates);

export const installationListQuery = z.strictObject({
  device: deviceId.optional(),
  state: installationState.optional(),
  bundle: bundleName.optional(),
  release: wholeNumber.transform(Number).optional(),
  limit: pageLimit,
  before: wholeNumber.transform(Number).optional().describe('the `next_before` of the page before'),
});

/** The path of a request about one installation. */
export const installationParams = z.object({ id: wholeNumber.transform(Number) });

export const installationJson = z.object({
  id: count,
  device: z.string(),
  bundle: z.string(),
  sha256: z.string(),
  release_id: count.nullable().describe('null for a pinned bundle, or one that the device took itself'),
  step: count.nullable().describe('of the rollout, from 1'),
  target_version: nullableText,
  from_version: nullableText.describe('what ran when it was offered, or began'),
  from_slot: nullableText,
  booted_version: nullableText.describe('what ran at the boot that decided how it ended'),
  booted_slot: nullableText,
  state: installationState,
  offered_at: instant,
  started_at: nullableInstant,
  installed_at: nullableInstant,
  ended_at: nullableInstant,
  updated_at: instant,
  transaction_id: nullableText,
  attempts: count,
  polls: count,
  bundle_size: count.describe('bytes'),
  bytes_sent: count,
  bytes_saved: count.nullable().describe('bytes that the device did not need, once it has installed'),
  progress: z.number().nullable().describe('percent: as reported, else of the bytes'),
  concluded: z
    .boolean()
    .describe('the state was concluded from silence; what the device does later may still show otherwise'),
  message: nullableText.describe('what the device or the server said last'),
  reason: nullableText.describe(
    'the message as a code, for those who say it in their own words; more may be added. Null for what the device or a person wrote, and for the sentence of an earlier version',
  ),
  parameters: z.record(z.string(), z.unknown()).nullable().describe('what the sentence of `reason` needs'),
  cleared_at: nullableInstant,
});

export const installationPageJson = z.object({
  installations: z.array(installationJson),
  next_before: count.nullable().describe('`before` of the next page; null on the last'),
  searched_until: nullableInstant.describe(
    'set when the search ended before the page was full, because it had looked at enough: continue with next_before',
  ),
});

export const installationLogJson = z.object({ log: z.string(), at: instant });

export type InstallationJson = z.infer<typeof installationJson>;
export type InstallationLogJson = z.infer<typeof installationLogJson>;
export type InstallationPageJson = z.infer<typeof installationPageJson>;
