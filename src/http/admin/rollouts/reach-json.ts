import type { DeviceGroupJson, EffectJson, ReachJson } from '../../../contract/reach';
import type { Release } from '../../../core/release';
import type { DeviceGroup, ReleaseReach } from '../../../services/rollouts/count-reach';
import type { PreviewRelease } from '../../../services/rollouts/preview-release';
import { presentFinding } from '../../../contract/present-why';

/** The effect of a release, for the answer that confirms it. */
export async function presentEffect(
  previewRelease: Pick<PreviewRelease, 'reachOf' | 'warningsOf'>,
  release: Release,
): Promise<EffectJson> {
  const reach = await previewRelease.reachOf(release);
  const warnings = await previewRelease.warningsOf(release);
  return { reach: reach && presentReach(reach), warnings: warnings.map(presentFinding) };
}

export function presentReach(reach: ReleaseReach): ReachJson {
  return {
    devices: reach.devices,
    up_to_date: reach.upToDate,
    reached: reach.reached,
    goes_down: presentGroup(reach.goesDown),
    left_out_newer: presentGroup(reach.leftOutNewer),
    left_out_by_from: presentGroup(reach.leftOutByFrom),
    unknown_version: reach.unknownVersion,
  };
}

function presentGroup({ devices, versions }: DeviceGroup): DeviceGroupJson {
  return { devices, versions: [...versions] };
}
