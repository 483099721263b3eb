import { z } from 'zod';
import type { BundleDescription } from '../../../services/catalog/describe-bundle';
import { bundleDetailsJson, presentBundleDetails } from './bundle-json';

const place = z.object({ compatible: z.string(), channel: z.string() });
const count = z.number().int();

/** A bundle with what a delete would concern. */
export const bundleInUseJson = bundleDetailsJson.extend({
  current: z.array(place.extend({ release_id: count })),
  history: z
    .array(place.extend({ activated_at: z.iso.datetime(), by: z.string() }))
    .describe('the latest 50 times that it was made current, newest first'),
  devices: z.object({
    running: count.describe('devices of its compatible that run its version'),
    installing: count,
    pinned: count,
    failed: count.describe('on which it failed or was rolled back last'),
  }),
});

export function presentBundleInUse(described: BundleDescription): z.infer<typeof bundleInUseJson> {
  return {
    ...presentBundleDetails(described),
    current: described.current.map(({ compatible, channel, id }) => ({
      compatible,
      channel,
      release_id: id,
    })),
    history: described.history.map(({ compatible, channel, at, by }) => ({
      compatible,
      channel,
      activated_at: at.toISOString(),
      by,
    })),
    devices: { ...described.devices },
  };
}
