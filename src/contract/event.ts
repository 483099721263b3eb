import { z } from 'zod';
import { isKnownKind } from '../core/event-filter';
import { count, instant, nullableInstant, nullableText } from './answer-fields';
import { bundleName, compatible, deviceId, flag, pageLimit, wholeNumber, word } from './request-fields';

/** More than exist. */
const maxKinds = 64;
const kindsMaxLength = 2_000;

export const eventQuery = z.strictObject({
  kind: z
    .string()
    .max(kindsMaxLength)
    .regex(/^[a-z.,-]+$/, 'not a list of kinds')
    .transform((text) => [...new Set(text.split(',').filter((part) => part !== ''))])
    .refine((kinds) => kinds.length <= maxKinds, {
      error: `at most ${maxKinds} kinds; "device." means every kind with that prefix`,
      abort: true,
    })
    .superRefine((kinds, context) => {
      const unknown = kinds.find((kind) => !isKnownKind(kind));
      if (unknown === undefined) return;
      context.addIssue({
        code: 'custom',
        message: `${unknown.slice(0, 80)} is not a kind of event; use kinds such as installation.failed, or "device." for every kind with that prefix`,
      });
    })
    .optional()
    .describe(`At most ${maxKinds} kinds separated by commas; "device." means every kind with that prefix`),
  device: deviceId.optional(),
  compatible: compatible.optional(),
  channel: word.optional(),
  bundle: bundleName.optional(),
  release: wholeNumber.transform(Number).optional(),
  installation: wholeNumber.transform(Number).optional(),
  actor: z.string().min(1).max(100).optional(),
  people: flag.describe('Only what people did, by hand or with a token, not what devices or the server did'),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  limit: pageLimit,
  before: wholeNumber.transform(Number).optional().describe('`next_before` of the previous page'),
  after: wholeNumber.transform(Number).optional().describe('The id of the last known event'),
});

/** Where a reader of the event stream resumes, as given in the header `Last-Event-ID`. */
export const lastEventId = wholeNumber.transform(Number);

const facts = z.record(z.string(), z.unknown()).nullable();

/** A line of the journal: in a page of it, as the data of a message of the event stream, and as the body of a webhook. */
export const eventJson = z.object({
  id: count,
  at: instant,
  kind: z.string(),
  actor: z.string().describe('local, token:<name>, cli:<user>, device:<id> or server'),
  address: nullableText.describe('Where the actor was'),
  message: z.string().describe('A sentence for people'),
  reason: nullableText.describe(
    'What happened, in more detail than `kind`: a code for clients that use their own wording; more codes may be added. Null for a line that an earlier version wrote',
  ),
  parameters: facts.describe('Parameters of the sentence that `reason` stands for'),
  device: nullableText,
  compatible: nullableText,
  channel: nullableText,
  bundle: nullableText,
  release_id: count.nullable(),
  installation_id: count.nullable(),
  before: facts,
  after: facts.describe(
    'The new values, by name, like `before`; a `reason` given by the server comes with `reason_code` and `reason_parameters`, and its `remedy` with `remedy_code` and `remedy_parameters`',
  ),
  count: count
    .min(1)
    .describe(
      'How often it happened: repeats by a device become one event, which describes the last of them',
    ),
  first_at: nullableInstant.describe('The first of these times; null for one'),
});

export const eventPageJson = z.object({
  events: z.array(eventJson),
  next_before: count.nullable().describe('`before` of the next page; null on the last'),
  searched_until: nullableInstant.describe(
    'Set when the search reached its limit before the page was full: continue with next_before',
  ),
  last_id: count.describe(
    'The id of the newest event, whether it matches or not: use it as `after` to get later ones',
  ),
});

export type EventQuery = z.infer<typeof eventQuery>;
export type EventJson = z.infer<typeof eventJson>;
export type EventPageJson = z.infer<typeof eventPageJson>;
