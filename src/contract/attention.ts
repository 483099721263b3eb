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
