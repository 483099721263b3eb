import { releaseWithRolloutJson } from '../../contract/release';
import type { ReleaseResultJson } from '../../contract/release-history';
import type { Read } from '../../contract/reader';
import { markedState } from '../kernel/state-mark';
import { type RolloutJson, rolloutJson } from '../../contract/rollout';

/** What the commands read of a release. */
export const shownRelease = releaseWithRolloutJson
  .pick({ id: true, compatible: true, channel: true, bundle: true, version: true, released_at: true })
  .extend({ rollout: rolloutJson.pick({ state: true, step: true, steps: true, reason: true }) });

type Place = Read<Pick<RolloutJson, 'state' | 'step' | 'steps'>>;

/** `running, step 2 of 3`, with the reason of a pause. */
export function describeState({
  rollout,
}: {
  readonly rollout: Place & { readonly reason: string | null };
}): string {
  return `${placeOf(rollout)}${rollout.reason === null ? '' : `: ${rollout.reason}`}`;
}

/** `running, step 2 of 3: proven on 40 of 42 devices, 1 failed`. */
export function describeResult(
  result: Place & Pick<ReleaseResultJson, 'devices' | 'proven' | 'failed'>,
): string {
  const { devices, proven, failed } = result;
  const place = placeOf(result);
  if (devices === 0) return `${place}: no device started to install it`;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  return `${place}: proven on ${proven} of ${devices} ${devices === 1 ? 'device' : 'devices'}${failures}`;
}

function placeOf({ state, step, steps }: Place): string {
  return `${markedState(state)}, step ${step} of ${steps}`;
}
