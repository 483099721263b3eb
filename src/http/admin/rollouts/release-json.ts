import { z } from 'zod';
import type { Activation, Release } from '../../../core/release';

const instant = z.iso.datetime();
const nullableText = z.string().nullable();

export const releaseJson = z.object({
  id: z.number().int(),
  compatible: z.string(),
  channel: z.string(),
  bundle: z.string(),
  sha256: z.string(),
  version: nullableText,
  released_at: instant,
  released_by: z.string(),
  forced: z.boolean().describe('although the manifest names another compatible'),
});

export const manifestJson = z.object({
  bundle_url: z.string(),
  compatible: z.string(),
  filename: z.string(),
  size: z.number().int(),
  sha256: z.string(),
  released_at: instant.nullable(),
  version: nullableText,
  format: nullableText,
  manifest_hash: nullableText,
  reason: z.string().optional().describe('why there is nothing to install'),
});

export const activationJson = z.object({
  id: z.number().int(),
  compatible: z.string(),
  channel: z.string(),
  action: z.enum(['activate', 'deactivate']),
  bundle: nullableText,
  previous_bundle: nullableText,
  release_id: z.number().int().nullable().describe('the release that it made or brought back'),
  at: instant,
  by: z.string(),
  forced: z.boolean(),
});

export function presentRelease(release: Release): z.infer<typeof releaseJson> {
  return {
    id: release.id,
    compatible: release.compatible,
    channel: release.channel,
    bundle: release.bundle.name,
    sha256: release.bundle.sha256,
    version: release.bundle.inspection.manifest?.version ?? null,
    released_at: release.releasedAt.toISOString(),
    released_by: release.releasedBy,
    forced: release.forced,
  };
}

export function presentActivation(activation: Activation): z.infer<typeof activationJson> {
  return {
    id: activation.id,
    compatible: activation.compatible,
    channel: activation.channel,
    action: activation.action,
    bundle: activation.bundleName,
    previous_bundle: activation.previousBundleName,
    release_id: activation.releaseId,
    at: activation.at.toISOString(),
    by: activation.by,
    forced: activation.forced,
  };
}
