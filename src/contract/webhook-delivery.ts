import { z } from 'zod';
import { deliveryStates } from '../core/webhook-delivery';
import { count, nullableInstant, nullableText } from './answer-fields';
import { pageLimit, wholeNumber } from './request-fields';
import { webhookParams } from './webhook';
import { lastErrorFields } from './why';

const deliveryState = z.enum(deliveryStates);

export const deliveryListQuery = z.strictObject({
  state: deliveryState.optional(),
  limit: pageLimit,
  before: wholeNumber.transform(Number).optional().describe('`next_before` of the previous page'),
});

/** The path of a request about one event for one webhook. */
export const deliveryParams = webhookParams.extend({
  event: wholeNumber.transform(Number).describe('The id of the event'),
});

export const deliveryJson = z.object({
  event: count.describe('The id of the event, also its `Webhook-Id`'),
  kind: nullableText.describe('Null when the event is no longer in the journal'),
  at: nullableInstant.describe('When the event happened; null when it is no longer in the journal'),
  state: deliveryState.describe(
    'gave-up: every attempt failed for a day; skipped: the webhook was turned off or deleted first',
  ),
  attempts: count.describe('Failed attempts'),
  next_attempt_at: nullableInstant.describe('Null if it is not waiting'),
  failing_since: nullableInstant,
  last_error: nullableText.describe('Of the last attempt that failed'),
  ...lastErrorFields,
  ended_at: nullableInstant.describe('When it was delivered, given up or skipped; null while it waits'),
});

export const deliveryPageJson = z.object({
  deliveries: z.array(deliveryJson),
  next_before: count.nullable().describe('`before` of the next page; null on the last'),
});

export const replayedJson = z.object({
  replayed: count.describe('How many events are waiting to be resent'),
});
export const replayedAllJson = replayedJson.extend({
  more: z.boolean().describe('More events are left, because 1,000 are already waiting: retry later'),
});

export type DeliveryJson = z.infer<typeof deliveryJson>;
export type DeliveryPageJson = z.infer<typeof deliveryPageJson>;
export type ReplayedAllJson = z.infer<typeof replayedAllJson>;
