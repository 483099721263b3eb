import { counted } from '../../base/text/counted';
import { releaseWithRolloutJson } from '../../contract/release';
import type { ReleaseResultJson } from '../../contract/release-history';
import type { Read } from '../../contract/reader';
import { formatInstant } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';
import { type RolloutJson, rolloutJson } from '../../contract/rollout';

/** An older server does not say whether it is complete. */
const shownRollout = rolloutJson
  .pick({ state: true, step: true, steps: true, reason: true, completed_at: true })
  .partial({ completed_at: true });

/** What the commands read about a release. */
export const shownRelease = releaseWithRolloutJson
  .pick({ id: true, compatible: true, channel: true, bundle: true, version: true, released_at: true })
  .extend({ rollout: shownRollout });

type Place = Read<Pick<RolloutJson, 'state' | 'step' | 'steps'>>;

/** `running, step 2 of 3`, with the reason for a pause. */
export function describeState({
  rollout,
}: {
  readonly rollout: Place & {
    readonly reason: string | null;
    readonly completed_at?: string | null | undefined;
  };
}): string {
  const { completed_at: completedAt, state } = rollout;
  if (completedAt != null && state === 'running')
    return `${markedState('complete')} since ${formatInstant(completedAt)}`;
  return `${placeOf(rollout)}${rollout.reason === null ? '' : `: ${rollout.reason}`}`;
}

/** What an older server says about a result. */
type Result = Place &
  Read<Pick<ReleaseResultJson, 'devices' | 'proven' | 'failed'>> & {
    [Key in 'outcome' | 'percent' | 'total']?: Read<ReleaseResultJson[Key]> | undefined;
  };

/**
 * `running, step 2 of 3: proven on 40 of 42 devices, 1 failed`; for a former release, `replaced at 83 %: …`.
 * @param endedBy the bundle that replaced it
 */
export function describeResult(result: Result, endedBy: string | null = null): string {
  const { devices, proven, failed, total } = result;
  const place = outcomeWords(result, endedBy);
  if (devices === 0) return `${place}: no device started installing it`;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  const silent = total == null || total.silent === 0 ? '' : `, ${total.silent} silent`;
  return `${place}: proven on ${proven} of ${counted(devices, 'device')}${failures}${silent}`;
}

/** `2 rolled back: the device booted into 0.9.0 again`, for each reason. */
export function describeFailures(failures: Read<ReleaseResultJson['failures']>): readonly string[] {
  return failures.map(
    ({ state, reason, devices }) => `${devices} ${markedState(state)}${reason === null ? '' : `: ${reason}`}`,
  );
}

function outcomeWords(result: Result, endedBy: string | null): string {
  const { outcome, percent } = result;
  if (outcome === undefined || outcome === result.state) return placeOf(result);
  const to = outcome === 'rolled-back-to' && endedBy !== null ? ` to ${endedBy}` : '';
  const at = outcome === 'complete' || percent == null ? '' : ` at ${percent} %`;
  return `${markedState(outcome)}${to}${at}`;
}

function placeOf({ state, step, steps }: Place): string {
  return `${markedState(state)}, step ${step} of ${steps}`;
}
