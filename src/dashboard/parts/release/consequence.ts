import type { ReachJson } from '../../../contract/reach';
import type { ReleasePreviewJson, ReleaseWithRolloutJson } from '../../../contract/release';
import { formatCount } from '../../format';
import { text } from '../../texts';

const { consequence: words } = text.rollouts;

/**
 * The effect of a release in one line: which devices it reaches, what it replaces, and which devices are downgraded or
 * left out.
 */
export function consequenceOf({ version, current, reach }: ReleasePreviewJson): string {
  const { left_out_newer: newer, left_out_by_from: byFrom } = reach;
  return [
    words.devices(formatCount(reach.devices), reach.devices),
    ...(current === null ? [] : [words.replaces(placeOf(current))]),
    ...(reach.up_to_date === 0 ? [] : [words.upToDate(formatCount(reach.up_to_date), reach.up_to_date)]),
    ...downOf(reach, version),
    ...(newer.devices === 0 ? [] : [words.newer(formatCount(newer.devices), newer.devices)]),
    ...(byFrom.devices === 0 ? [] : [words.byFrom(formatCount(byFrom.devices), byFrom.devices)]),
    ...(reach.unknown_version === 0
      ? []
      : [words.unknown(formatCount(reach.unknown_version), reach.unknown_version)]),
  ].join('; ');
}

/** Whether devices are downgraded, or none match: then the line is a warning. */
export function isGrave({ reach }: ReleasePreviewJson): boolean {
  return reach.goes_down.devices > 0 || (reach.devices > 0 && reach.reached + reach.up_to_date === 0);
}

function placeOf({ bundle, rollout: { state, step, steps } }: ReleaseWithRolloutJson): string {
  return steps === 1 ? bundle : words.rollout[state](step, steps);
}

function downOf({ goes_down: { devices, versions } }: ReachJson, version: string | null): readonly string[] {
  if (devices === 0) return [];
  const to = version ?? words.it;
  const [only] = versions;
  if (only?.devices === devices) return [words.downFrom(formatCount(devices), devices, only.version, to)];
  const each = versions.map((one) => words.downEach(formatCount(one.devices), one.version));
  return [words.down(formatCount(devices), devices, to, each.join(', '))];
}
