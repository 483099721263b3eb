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
  { id: 'at', label: words.column.at, cell: ({ at }) => <Ago at={at} /> },
  { id: 'compatible', label: words.column.compatible, isLong: true, cell: ({ compatible }) => compatible },
  {
    id: 'channel',
    label: words.column.channel,
    isLong: true,
    cell: ({ channel }) => <span class="tag">{channel}</span>,
  },
  {
    id: 'what',
    label: words.column.what,
    isLong: true,
    cell: ({ bundle, forced }) => (
      <>
        <BundleLink name={bundle} /> {forced && <span class="warn-text">{words.byForce}</span>}
      </>
    ),
  },
  {
    id: 'before',
    label: words.column.before,
    isLong: true,
    cell: ({ previous_bundle: name }) => <BundleLink name={name} />,
  },
  {
    id: 'ended',
    label: words.column.ended,
    cell: ({ ended_at: at, result }) => {
      if (at !== null) return <Ago at={at} />;
      return result !== null && <span class="muted">{words.untilNow}</span>;
    },
  },
  {
    id: 'result',
    label: words.column.result,
    isLong: true,
    cell: ({ result, release_id: id, ended_by: endedBy }) =>
      result === null ? null : (
        <a href={linkTo('rollouts', id ?? '')}>
          <ResultWords result={result} endedBy={endedBy} />
        </a>
      ),
  },
  { id: 'by', label: words.column.by, isLong: true, cell: ({ by }) => by },
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
        {() => <Table label={words.historyLabel} columns={columns} rows={lines} keyOf={({ id }) => id} />}
      </Loaded>
      <MoreButton label={words.historyOlder} more={more} />
    </Section>
  );
}
