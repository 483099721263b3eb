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
    .describe('The first devices that it is about, at most 20; `count` is the total'),
  renewed: stringList
    .optional()
    .describe('Those of `devices` that have a new certificate and have not used it yet'),
  revoked: stringList.optional().describe('Those of `devices` whose certificates are all revoked'),
  list: z
    .string()
    .optional()
    .describe('Where this API lists everything it is about, such as /api/devices?state=lost'),
  last_contact_before: instant.optional().describe('These devices were last heard from before this'),
  message: z.string().describe('A sentence for people'),
  reason: z.string().describe('A code for clients that use their own wording; more codes may be added'),
  parameters: z
    .record(z.string(), z.unknown())
    .describe('Parameters of the sentence that `reason` stands for'),
  subjects: stringList.optional().describe('What POST /api/attention/dismiss takes'),
});

/** Dismisses an item: the request, and the answer to it. */
export const dismissalJson = z.strictObject({
  kind: z.enum(attentionKinds),
  subjects: z.array(z.string().min(1).max(200)).min(1).max(maxSubjects).describe('As the item names them'),
});

export type AttentionJson = z.infer<typeof attentionJson>;
