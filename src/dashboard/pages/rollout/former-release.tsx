import { apiPath } from '../../api/client';
import type { ReleaseListJson, ReleaseWithRolloutJson } from '../../../contract/release';
import type { HistoryLineJson, HistoryPageJson, ReleaseResultJson } from '../../../contract/release-history';
import { formatCount, formatDuration } from '../../format';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { Loaded } from '../../parts/loaded';
import { EmptyState, Facts, Page, Section } from '../../parts/page';
import { ResultWords } from '../../parts/release/result-words';
import { RolloutMark } from '../../parts/rollout-mark';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { Timeline } from './timeline';
import { whyWords } from '../../why-words';

const words = text.rollouts.former;
const above = { label: text.frame.pages.rollouts, href: '/rollouts' };

/** A release that is no longer current, or never was: what it was, and what replaced it. */
export function FormerRelease({ id }: { readonly id: string }) {
  // A release's id is that of its line in the history.
  const isNumber = /^\d{1,15}$/.test(id);
  const lines = useData<HistoryPageJson>(
    isNumber ? apiPath('/api/history', { before: Number(id) + 1, limit: 1 }) : null,
    { isStale: () => false },
  );
  if (!isNumber) return <Unknown />;
  return (
    <Loaded data={lines}>
      {({ history }) => {
        const line = history.find((one) => one.id === Number(id) && one.action === 'activate');
        return line === undefined ? <Unknown /> : <Known line={line} />;
      }}
    </Loaded>
  );
}

function Unknown() {
  return (
    <Page title={words.unknown} above={above}>
      <EmptyState title={words.unknownHint}>
        <p>
          <a href="/rollouts">{words.toRollouts}</a>
        </p>
      </EmptyState>
    </Page>
  );
}

function Known({ line }: { readonly line: HistoryLineJson }) {
  const { id, compatible, channel, bundle, at, by, ended_at: endedAt, result } = line;
  const releases = useData<ReleaseListJson>(apiPath('/api/releases', { compatible, channel }), {
    isStale: ({ kind }) => /^(release|rollout)\./.test(kind),
  });
  return (
    <Page title={words.title(String(id))} above={above}>
      <EmptyState title={words.text(bundle ?? '', text.rollouts.where(compatible, channel))}>
        <p class="muted">
          {words.released} <Ago at={at} /> {text.rollouts.byWhom(by)}
          {endedAt !== null && (
            <>
              {words.ended} <Ago at={endedAt} />
            </>
          )}
        </p>
        {result !== null && (
          <p>
            <ResultWords result={result} endedBy={line.ended_by} />
          </p>
        )}
        {result !== null && <Failures failures={result.failures} />}
        <Loaded data={releases}>{({ releases: [current] }) => <InItsPlace current={current} />}</Loaded>
        <p>
          <a href="/rollouts">{words.toRollouts}</a>
        </p>
      </EmptyState>
      <div class="after-empty">
        {result !== null && <Result result={result} />}
        <Timeline releaseId={id} />
      </div>
    </Page>
  );
}

/** The result as numbers of devices, each counted once. */
function Result({ result }: { readonly result: ReleaseResultJson }) {
  const { offered, installed, proven, failed, rolled_back: back, total, duration_seconds: duration } = result;
  const of = words.result;
  return (
    <Section title={of.title}>
      <Facts
        facts={[
          [of.meantFor, total === null ? null : formatCount(total.devices)],
          [of.offered, formatCount(offered)],
          [of.installed, formatCount(installed)],
          [of.proven, formatCount(proven)],
          [of.failed, formatCount(failed)],
          [of.rolledBack, formatCount(back)],
          [of.duration, duration === null ? null : formatDuration(duration)],
        ]}
      />
    </Section>
  );
}

function Failures({ failures }: { readonly failures: ReleaseResultJson['failures'] }) {
  if (failures.length === 0) return null;
  return (
    <ul class="rows" aria-label={words.failures}>
      {failures.map(({ state, devices, ...why }) => (
        <li key={`${state}\n${why.reason ?? ''}`}>
          <StateBadge state={state} /> {words.failed(formatCount(devices), devices === 1, whyWords(why))}
        </li>
      ))}
    </ul>
  );
}

function InItsPlace({ current }: { readonly current: ReleaseWithRolloutJson | undefined }) {
  if (current === undefined) return <p>{words.nothing}</p>;
  return (
    <p>
      {words.now} <a href={linkTo('rollouts', current.id)}>{current.bundle}</a>{' '}
      <RolloutMark rollout={current.rollout} />
    </p>
  );
}
