import type { ReleaseWithRolloutJson } from '../../../contract/release';
import type { RolloutProgressJson } from '../../../contract/rollout';
import { linkTo } from '../../location';
import { Hint } from '../../parts/notices';
import { NextLine } from '../../parts/release/next-line';
import { ProgressBar } from '../../parts/release/progress-bar';
import { StepsMark } from '../../parts/release/steps-mark';
import { useRelease } from '../../parts/release/use-release';
import { RolloutMark } from '../../parts/rollout-mark';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import { whyWords } from '../../why-words';

const words = text.rollouts;

/** One release on its channel: what it is, how far it has got, and what it waits for. */
export function ReleaseRow({ release }: { readonly release: ReleaseWithRolloutJson }) {
  const { id, compatible, channel, bundle, version, rollout, released_at: at, released_by: by } = release;
  const progress = useRelease(id).value?.progress ?? null;
  const { state, changed_by: changedBy } = rollout;
  const reason = whyWords(rollout);
  return (
    <li class="release-row">
      <div class="release-about">
        <h3>
          <a href={linkTo('rollouts', id)}>
            {compatible} {version ?? bundle}
          </a>{' '}
          <span class="tag">{channel}</span>
        </h3>
        <RolloutMark rollout={rollout} />
        <p class="muted small">
          <a href={linkTo('bundles', bundle)}>{bundle}</a>
          <br />
          {words.releasedBy(by)}, <Ago at={at} />
        </p>
      </div>
      <div class="release-way">
        {state === 'paused' && <Hint tone="warn">{words.pausedBy(changedBy, reason)}</Hint>}
        {state === 'aborted' && <Hint tone="bad">{words.abortedBy(changedBy, reason)}</Hint>}
        {rollout.steps > 1 && <StepsMark rollout={rollout} />}
        {progress !== null && <Progress release={release} progress={progress} />}
      </div>
    </li>
  );
}

interface ProgressProps {
  readonly release: ReleaseWithRolloutJson;
  readonly progress: RolloutProgressJson;
}

function Progress({ release, progress }: ProgressProps) {
  return (
    <>
      <ProgressBar
        label={words.devicesOf(release.compatible, release.channel)}
        releaseId={release.id}
        steps={progress.steps}
      />
      <NextLine progress={progress} isShort />
    </>
  );
}
