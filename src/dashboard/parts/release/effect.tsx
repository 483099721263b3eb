import { findingWords } from '../../why-words';
import type { ReleasePreviewJson } from '../../../contract/release';
import { formatCount, formatMoment } from '../../format';
import { text } from '../../texts';
import { RolloutMark } from '../rollout-mark';
import { consequenceOf, isGrave } from './consequence';
import { type ReleaseDraft, stepsOf } from './draft';
import { readStep, type Step } from './steps';
import type { Preview } from './use-preview';

const { form: words } = text.rollouts;

interface EffectProps {
  readonly draft: ReleaseDraft;
  readonly preview: Preview;
}

/** What the release will do, in one line, who comes first, and what is current now. */
export function Effect({ draft, preview: { value, failure, isOld } }: EffectProps) {
  if (value === null && failure === null) return <p class="release-effect muted">{words.counting}</p>;
  return (
    <div class="release-effect" aria-live="polite" aria-busy={isOld}>
      {failure !== null && <p class="warn-text">{failure.message}</p>}
      {value !== null && <Consequence draft={draft} preview={value} />}
    </div>
  );
}

function Consequence({
  draft,
  preview,
}: {
  readonly draft: ReleaseDraft;
  readonly preview: ReleasePreviewJson;
}) {
  const { current, warnings } = preview;
  return (
    <>
      <p class={`release-consequence ${isGrave(preview) ? 'warn-text' : ''}`}>{consequenceOf(preview)}</p>
      <p>{firstOf(draft, preview.reach.devices)}</p>
      {current === null ? (
        <p class="muted">{words.nothingNow}</p>
      ) : (
        <p class="muted">
          {words.now} {current.bundle}
          <RolloutMark rollout={current.rollout} />
        </p>
      )}
      {current?.bundle === draft.bundle && <p class="warn-text">{words.again}</p>}
      {warnings.map((warning) => (
        <p key={warning.message} class="warn-text">
          {findingWords(warning)}
        </p>
      ))}
    </>
  );
}

function firstOf(draft: ReleaseDraft, devices: number): string {
  const first = readStep(stepsOf(draft).split(',')[0] ?? '');
  const startAt = new Date(draft.startAt);
  const what = devices === 0 ? words.firstNobody : first === null ? null : firstWords(first, devices);
  return [
    ...(what === null ? [] : [what]),
    ...(Number.isNaN(startAt.getTime()) ? [] : [words.notBefore(formatMoment(startAt))]),
    ...(draft.hasWindow ? [words.inWindow] : []),
  ].join(', ');
}

function firstWords(first: Step, devices: number): string {
  if (first.kind === 'group') return words.firstGroup(first.label);
  if (first.kind === 'attribute') return words.firstWithAttribute(first.attribute);
  if (first.percent === 100) return words.firstAll;
  return words.firstPart(first.percent, formatCount(Math.round((devices * first.percent) / 100)));
}
