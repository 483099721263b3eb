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
  before: wholeNumber.transform(Number).optional().describe('`next_before` of the previous page'),
});

/** The path of a request about one installation. */
export const installationParams = z.object({ id: wholeNumber.transform(Number) });

export const installationJson = z.object({
  id: count,
  device: z.string(),
  bundle: z.string(),
  sha256: z.string(),
  release_id: count.nullable().describe('Null for a pinned bundle, or one that the device chose itself'),
  step: count.nullable().describe('Of the rollout, from 1'),
  target_version: nullableText,
  from_version: nullableText.describe('The version that ran when it was offered or began'),
  from_slot: nullableText,
  booted_version: nullableText.describe('The version that ran after the boot that decided the outcome'),
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
  bundle_size: count.describe('Bytes'),
  bytes_sent: count,
  bytes_saved: count
    .nullable()
    .describe('Bytes that the device did not have to download; known once it has installed'),
  progress: z.number().nullable().describe('Percent, as reported, or otherwise by bytes downloaded'),
  concluded: z
    .boolean()
    .describe('The state was inferred because the device went silent; later contacts may still change it'),
  message: nullableText.describe('The last message of the device or the server'),
  reason: nullableText.describe(
    'The message, as a code for clients that use their own wording; more codes may be added. Null for text that the device or a person wrote, and for a sentence stored by an earlier version',
  ),
  parameters: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('Parameters of the sentence that `reason` stands for'),
  cleared_at: nullableInstant,
});

export const installationPageJson = z.object({
  installations: z.array(installationJson),
  next_before: count.nullable().describe('`before` of the next page; null on the last'),
  searched_until: nullableInstant.describe(
    'Set when the search reached its limit before the page was full: continue with next_before',
  ),
});

export const installationLogJson = z.object({ log: z.string(), at: instant });

export type InstallationJson = z.infer<typeof installationJson>;
export type InstallationLogJson = z.infer<typeof installationLogJson>;
export type InstallationPageJson = z.infer<typeof installationPageJson>;
