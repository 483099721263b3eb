import type { HistoryLineJson, HistoryPageJson } from '../../../contract/release-history';
import { linkTo } from '../../location';
import { Loaded } from '../../parts/loaded';
import { Section } from '../../parts/page';
import { MoreButton } from '../../parts/more-button';
import { usePages } from '../../parts/use-pages';
import { ResultWords } from '../../parts/release/result-words';
import { type Column, Table } from '../../parts/table';
import { Ago } from '../../parts/time';
import { text } from '../../texts';

const words = text.rollouts;

const columns: readonly Column<HistoryLineJson>[] = [
  {
    id: 'what',
    label: words.column.what,
    isLong: true,
    cell: ({ bundle, forced, previous_bundle: previous }) => (
      <>
        <BundleLink name={bundle} /> {forced && <span class="warn-text">{words.byForce}</span>}
        {previous !== null && (
          <div class="small muted second-line">
            {words.before} <BundleLink name={previous} />
          </div>
        )}
      </>
    ),
  },
  {
    id: 'channel',
    label: words.column.channel,
    isPlain: true,
    isLong: true,
    cell: ({ compatible, channel }) => (
      <>
        {compatible} <span class="tag">{channel}</span>
      </>
    ),
  },
  {
    id: 'at',
    label: words.column.at,
    isPlain: true,
    isLong: true,
    cell: ({ at, by }) => (
      <>
        <Ago at={at} /> <div class="small muted second-line">{words.byWhom(by)}</div>
      </>
    ),
  },
  {
    id: 'ended',
    label: words.column.ended,
    cell: ({ ended_at: at, result }) => {
      if (at !== null) return <Ago at={at} />;
      return result !== null && <span class="muted nothing">{words.untilNow}</span>;
    },
  },
  {
    id: 'result',
    label: words.column.result,
    isPlain: true,
    isLong: true,
    cell: ({ result, release_id: id, ended_by: endedBy }) =>
      result === null ? null : (
        <a href={linkTo('rollouts', id ?? '')}>
          <ResultWords result={result} endedBy={endedBy} />
        </a>
      ),
  },
];

function BundleLink({ name }: { readonly name: string | null }) {
  return name === null ? (
    <span class="muted">{words.nothing}</span>
  ) : (
    <a href={linkTo('bundles', name)}>{name}</a>
  );
}

/** What was current, on all channels, and who decided it. */
export function ReleaseHistory() {
  const { data, lines, more } = usePages<HistoryPageJson, HistoryLineJson>({
    path: '/api/history',
    linesOf: ({ history }) => history,
    isStale: ({ kind }) => /^(release|rollout)\./.test(kind),
  });
  if (data.value !== null && lines.length === 0) return null;
  return (
    <Section title={words.history}>
      <Loaded data={data}>
        {() => (
          <Table label={words.historyLabel} columns={columns} rows={lines} keyOf={({ id }) => id} isDense />
        )}
      </Loaded>
      <MoreButton label={words.historyOlder} more={more} />
    </Section>
  );
}
