import { z } from 'zod';
import { count, nullableInstant, nullableText } from './answer-fields';

/** What is current, in the form that devices get. */
export const manifestJson = z.object({
  bundle_url: z.string(),
  compatible: z.string(),
  filename: z.string(),
  size: count,
  sha256: z.string(),
  released_at: nullableInstant,
  version: nullableText,
  format: nullableText,
  manifest_hash: nullableText,
  reason: z.string().optional().describe('Why there is nothing to install'),
});

export const manifestListJson = z.object({ manifests: z.array(manifestJson) });
