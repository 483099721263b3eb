import { z } from 'zod';
import { count } from './answer-fields';
import { attentionJson } from './attention';
import { versionCountJson } from './fleet';
import { releaseWithRolloutJson } from './release';

const channelJson = z.object({
  compatible: z.string(),
  channel: z.string(),
  release: releaseWithRolloutJson.nullable(),
  devices: count,
  versions: z.array(versionCountJson).describe('The most frequent first'),
  on_current: count.describe('Devices that run the version of the release'),
});

/** The fleet at a glance. */
export const overviewJson = z.object({
  channels: z.array(channelJson),
  attention: z.array(attentionJson),
  devices: z.object({ total: count, seen_last_day: count, waiting: count, held: count }),
  first_steps: z.object({
    has_bundle: z.boolean(),
    has_release: z.boolean(),
    has_device_certificate: z.boolean().describe('Whether there is one that is neither revoked nor expired'),
    has_device: z
      .boolean()
      .describe('A device that has made contact, not one that was only added by a person'),
    has_report: z
      .boolean()
      .describe('Whether a device has reported the end of an installation, or proved one'),
  }),
});

export type ChannelJson = z.infer<typeof channelJson>;
export type OverviewJson = z.infer<typeof overviewJson>;
