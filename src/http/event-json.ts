import { z } from 'zod';
import type { JournalEvent } from '../core/event';

const nullableText = z.string().nullable();
const facts = z.record(z.string(), z.unknown()).nullable();

export const eventJson = z.object({
  id: z.number().int(),
  at: z.iso.datetime(),
  kind: z.string(),
  actor: z.string().describe('local, token:<name>, cli:<user>, device:<id> or server'),
  address: nullableText.describe('where the actor was'),
  message: z.string(),
  device: nullableText,
  compatible: nullableText,
  channel: nullableText,
  bundle: nullableText,
  release_id: z.number().int().nullable(),
  installation_id: z.number().int().nullable(),
  before: facts,
  after: facts,
  count: z
    .number()
    .int()
    .min(1)
    .describe('how often it happened: what a device does again and again is one line, about the last time'),
  first_at: z.iso.datetime().nullable().describe('the first of these times; null for one'),
});

/** An event in the form of the API, of the event stream and of webhooks. */
export function presentEvent({
  id,
  at,
  kind,
  actor,
  message,
  subject,
  before,
  after,
  repeats,
}: JournalEvent): z.infer<typeof eventJson> {
  return {
    id,
    at: at.toISOString(),
    kind,
    actor: actor.name,
    address: actor.address,
    message,
    device: subject.deviceId,
    compatible: subject.compatible,
    channel: subject.channel,
    bundle: subject.bundleName,
    release_id: subject.releaseId,
    installation_id: subject.installationId,
    before,
    after,
    count: repeats?.count ?? 1,
    first_at: repeats?.firstAt.toISOString() ?? null,
  };
}
