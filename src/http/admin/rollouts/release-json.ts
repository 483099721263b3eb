import type { ReleaseJson, ReleaseWithRolloutJson } from '../../../contract/release';
import type { ActivationJson } from '../../../contract/release-history';
import type { Activation, Release } from '../../../core/release';
import { presentRollout } from './rollout-json';

export function presentRelease(release: Release): ReleaseJson {
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

export function presentWithRollout(release: Release): ReleaseWithRolloutJson {
  return { ...presentRelease(release), rollout: presentRollout(release) };
}

export function presentActivation(activation: Activation): ActivationJson {
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
