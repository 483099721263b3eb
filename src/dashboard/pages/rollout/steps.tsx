import type { ReleaseDetailsJson } from '../../../contract/release';
import { formatCount } from '../../format';
import { Hint } from '../../parts/notices';
import { Section } from '../../parts/page';
import { NextLine } from '../../parts/release/next-line';
import { installationsOf, ProgressBar } from '../../parts/release/progress-bar';
import { Ago, Moment } from '../../parts/time';
import { text } from '../../texts';
import { audienceOf } from './whom';

const words = text.rollouts;

/** Each step with the state of its devices, and what the current one waits for. */
export function Steps({ release }: { readonly release: ReleaseDetailsJson }) {
  const { progress } = release;
  const counted = (
    <span class="muted small">
      {words.countedAt} <Ago at={progress.counted_at} />
    </span>
  );
  return (
    <Section title={words.steps} actions={counted}>
      {isBeforeStart(release) && (
        <Hint tone="info">
          {words.startsAt} <Moment at={release.rollout.policy.start_at} />
        </Hint>
      )}
      <Completion release={release} />
      <ol class="rollout-steps">
        {progress.steps.map(({ step }, index) => (
          <StepRow key={step} release={release} index={index} />
        ))}
      </ol>
    </Section>
  );
}

/** Whether the rollout is complete, and what is missing. */
function Completion({ release: { rollout, progress } }: { readonly release: ReleaseDetailsJson }) {
  const { completed_at: completedAt } = rollout;
  const { devices, proven, silent, held, pinned } = progress.total;
  const open = devices - proven;
  const notWaitedFor = [
    ...(held > 0 ? [words.heldDevices(formatCount(held))] : []),
    ...(pinned > 0 ? [words.pinnedDevices(formatCount(pinned))] : []),
  ];
  return (
    <>
      {completedAt !== null && (
        <p>
          {words.completeSince} <Moment at={completedAt} />.{' '}
          {open > 0 && words.cameLater(formatCount(open), open === 1)}
        </p>
      )}
      {completedAt === null && silent > 0 && (
        <p class="muted">{words.silent(formatCount(silent), silent === 1)}</p>
      )}
      {notWaitedFor.length > 0 && <p class="muted small not-waited">{words.notWaitedFor(notWaitedFor)}</p>}
    </>
  );
}

interface StepRowProps {
  readonly release: ReleaseDetailsJson;
  readonly index: number;
}

function StepRow({ release, index }: StepRowProps) {
  const { rollout, progress, id } = release;
  const step = progress.steps[index];
  if (step === undefined) return null;
  const reached = rollout.step - 1;
  const when = index < reached ? 'past' : index === reached ? 'present' : 'future';
  const { devices } = step;
  const lost = installationsOf([step], 'lost');
  const title = `${words.step(index + 1)}: ${audienceOf(step.step)}`;
  return (
    <li
      class={`rollout-step ${when} ${rollout.state}`}
      aria-current={when === 'present' ? 'step' : undefined}
    >
      <span class="step-mark" aria-hidden="true">
        {index + 1}
      </span>
      <div class="stack">
        <div class="rollout-step-head">
          <h3>{title}</h3>
          <span class={`tag ${when}`}>{words.stepState[when]}</span>
          <span class="muted small">
            {words.stepDevices(formatCount(devices), devices === 1)}
            {lost > 0 && words.stepLost(formatCount(lost))}
          </span>
        </div>
        {devices === 0 && Object.keys(step.installations).length === 0 ? (
          <p class="muted">{words.stepEmpty}</p>
        ) : (
          <ProgressBar label={title} releaseId={id} steps={[step]} />
        )}
        {when === 'present' && <NextLine progress={progress} />}
      </div>
    </li>
  );
}

function isBeforeStart({ rollout, progress }: ReleaseDetailsJson): boolean {
  const { start_at: startAt } = rollout.policy;
  return startAt !== null && Date.parse(startAt) > Date.parse(progress.counted_at);
}
