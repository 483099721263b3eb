import { z } from 'zod';
import { attentionKinds, maxSubjects } from '../core/attention-kind';
import { count, instant, stringList } from './answer-fields';

/** Something that needs attention. */
export const attentionJson = z.object({
  kind: z.enum(attentionKinds),
  count,
  compatible: z.string().optional(),
  channel: z.string().optional(),
  release_id: count.optional(),
  bundle: z.string().optional(),
  device: z.string().optional(),
  devices: stringList
    .optional()
    .describe('the first of the devices that it is about, at most 20: `count` says how many there are'),
  renewed: stringList
    .optional()
    .describe('those of `devices` that have a new certificate, and have not come with it yet'),
  revoked: stringList.optional().describe('those of `devices` whose certificates are all revoked'),
  list: z
    .string()
    .optional()
    .describe('where this API lists all that it is about, such as /api/devices?state=lost'),
  last_contact_before: instant
    .optional()
    .describe('the devices that are meant were last heard of before this'),
  message: z.string().describe('a sentence for people'),
  reason: z.string().describe('a code for those who say it in their own words; more may be added'),
  parameters: z.record(z.string(), z.unknown()).describe('what the sentence of `reason` needs'),
  subjects: stringList.optional().describe('what POST /api/attention/dismiss takes'),
});

/** Dismisses an item: the request, and the answer to it. */
export const dismissalJson = z.strictObject({
  kind: z.enum(attentionKinds),
  subjects: z.array(z.string().min(1).max(200)).min(1).max(maxSubjects).describe('as the item names them'),
});

export type AttentionJson = z.infer<typeof attentionJson>;
