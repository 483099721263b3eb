import type { FleetJson, ReleaseJson } from '../../api/types';
import { formatCount, formatMoment } from '../../format';
import { text } from '../../texts';
import { RolloutMark } from '../rollout-mark';
import { type ReleaseDraft, stepsOf } from './draft';
import { readStep, type Step } from './steps';

const { form: words } = text.rollouts;

interface EffectProps {
  readonly draft: ReleaseDraft;
  readonly compatible: string;
  readonly fleet: FleetJson;
  readonly releases: readonly ReleaseJson[];
}

/** What is there now, and what the release will do, in a sentence. */
export function Effect({ draft, compatible, fleet, releases }: EffectProps) {
  if (compatible === '' || draft.channel === '') return null;
  const isThere = (one: { readonly compatible: string | null; readonly channel: string }) =>
    one.compatible === compatible && one.channel === draft.channel;
  const current = releases.find(isThere);
  const devices = fleet.counts.filter(isThere).reduce((sum, count) => sum + count.devices, 0);
  return (
    <div class="release-effect">
      <p>{sentenceOf(draft, compatible, devices)}</p>
      {current === undefined ? (
        <p class="muted">{words.nothingNow}</p>
      ) : (
        <p class="muted">
          {words.now} {current.bundle}
          <RolloutMark rollout={current.rollout} />
        </p>
      )}
      {current?.bundle === draft.bundle && <p class="warn-text">{words.again}</p>}
    </div>
  );
}

function sentenceOf(draft: ReleaseDraft, compatible: string, devices: number): string {
  const who = words.followers(formatCount(devices), devices, compatible, draft.channel);
  const first = readStep(stepsOf(draft).split(',')[0] ?? '');
  const startAt = new Date(draft.startAt);
  const conditions = [
    ...(Number.isNaN(startAt.getTime()) ? [] : [words.notBefore(formatMoment(startAt))]),
    ...(draft.hasWindow ? [words.inWindow] : []),
  ];
  const what = devices === 0 ? words.firstNobody : first === null ? null : firstWords(first, devices);
  return [what === null ? who : `${who}; ${what}`, ...conditions].join(', ') + '.';
}

function firstWords(first: Step, devices: number): string {
  if (first.kind === 'group') return words.firstGroup(first.label);
  if (first.percent === 100) return words.firstAll;
  return words.firstPart(first.percent, formatCount(Math.round((devices * first.percent) / 100)));
}
