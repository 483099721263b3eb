import { z } from 'zod';
import { count, instant, nullableInstant, nullableText, stringList } from './answer-fields';
import { lastErrorFields } from './why';

const webhookName = z.string().min(1).max(64);
const inOrder = z.boolean().describe('An event waits until earlier ones are accepted or given up');

/** The path of a request about one webhook. */
export const webhookParams = z.object({ name: webhookName });

export const newWebhookBody = z.strictObject({
  name: webhookName,
  url: z.string().min(1).max(1_000),
  kinds: z.array(z.string().min(1).max(64)).max(50).default([]),
  in_order: inOrder.default(false),
  secret: z.string().min(1).max(256).optional().describe('Default: a new random one'),
});

export const webhookChangeBody = z.strictObject({ in_order: inOrder });

export const webhookJson = z.object({
  name: z.string(),
  url: z.string(),
  kinds: stringList.describe('Empty means all'),
  enabled: z.boolean(),
  created_at: instant,
  created_by: z.string(),
  in_order: inOrder,
  waiting: count.describe(
    'Events that wait for an attempt, up to 1,000; later ones stay in the journal until there is room',
  ),
  failing: count.describe('Of these, how many have failed at least once'),
  attempts: count.describe('Failed attempts for the event that has been failing longest'),
  next_attempt_at: nullableInstant.describe('Of the event that has been failing longest'),
  failing_since: nullableInstant.describe(
    'Of the event that has been failing longest; null if none is failing',
  ),
  last_error: nullableText,
  ...lastErrorFields,
  last_delivered_at: nullableInstant,
});

export const webhookListJson = z.object({ webhooks: z.array(webhookJson) });
export const newWebhookJson = z.object({ webhook: webhookJson, secret: z.string() });
export const deletedWebhookJson = z.object({ deleted: z.string() });
export const deliveredJson = z.object({ delivered: z.literal(true) });

export type WebhookJson = z.infer<typeof webhookJson>;
export type WebhookListJson = z.infer<typeof webhookListJson>;
export type NewWebhookJson = z.infer<typeof newWebhookJson>;
