import type { FleetHistoryJson } from '../../../contract/fleet';
import { formatCount, formatDay, formatMoment } from '../../format';
import { text } from '../../texts';

type HistoryPoint = FleetHistoryJson['points'][number];

const width = 1000;
const height = 200;

interface HistoryChartProps {
  readonly history: FleetHistoryJson;
  /** The class of each version's colour. */
  readonly looks: ReadonlyMap<string, string>;
}

/** Devices by version over time, stacked. The latest values are also given in words. */
export function HistoryChart({ history, looks }: HistoryChartProps) {
  const { points } = history;
  const first = points[0];
  const last = points.at(-1);
  const highest = Math.max(
    0,
    ...points.map(({ counts }) => counts.reduce((sum, { devices }) => sum + devices, 0)),
  );
  if (first === undefined || last === undefined || highest === 0)
    return <p class="muted">{text.overview.historyEmpty}</p>;
  const lookOf = (version: string | null) => looks.get(version ?? '') ?? 'series-rest';
  // Newest versions are at the bottom.
  const versions = [...history.versions].reverse();
  const words = last.counts
    .map(({ version, devices }) => `${nameOf(version)} ${formatCount(devices)}`)
    .join(', ');
  const moments = [formatMoment(new Date(first.at)), formatMoment(new Date(last.at))] as const;
  const isMoment = moments[0] === moments[1];
  const label = isMoment
    ? text.overview.historyMoment(moments[0], words)
    : text.overview.historyWords(...moments, words);
  const [from, until] = edgesOf(new Date(first.at), new Date(last.at));
  return (
    <figure class="history">
      <div class="history-plot">
        <span class="history-top muted small" aria-hidden="true">
          {text.overview.historyTop(highest, formatCount(highest))}
        </span>
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
          {versions.map((version, index) => (
            <path key={version ?? ''} class={lookOf(version)} d={areaOf(points, versions, index, highest)}>
              <title>{nameOf(version)}</title>
            </path>
          ))}
        </svg>
      </div>
      <div class="history-axis muted small" aria-hidden="true">
        <span>{from}</span>
        {!isMoment && <span>{until}</span>}
      </div>
      <ul class="legend">
        {versions.map((version) => (
          <li key={version ?? ''}>
            <span class={`swatch ${lookOf(version)}`} aria-hidden="true" />
            {nameOf(version)}
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** Labels for both ends; days alone are enough if they differ. */
function edgesOf(from: Date, until: Date): readonly [string, string] {
  const days = [formatDay(from), formatDay(until)] as const;
  return days[0] === days[1] ? [formatMoment(from), formatMoment(until)] : days;
}

function nameOf(version: string | null): string {
  return version ?? text.overview.unknownVersion;
}

/**
 * The outline of one version's area: forward along its lower edge, back along its upper edge. Each count stands half of the way to
 * the counts before and after it: a slope would show devices that nobody counted.
 */
function areaOf(
  points: readonly HistoryPoint[],
  versions: readonly (string | null)[],
  index: number,
  highest: number,
): string {
  const from = Date.parse(points[0]?.at ?? '');
  const span = Math.max(1, Date.parse(points.at(-1)?.at ?? '') - from);
  const xOf = ({ at }: HistoryPoint) => ((Date.parse(at) - from) / span) * width;
  const edge = (below: number) =>
    points.flatMap((point, place) => {
      const sum = versions
        .slice(0, below)
        .reduce(
          (all, version) => all + (point.counts.find((count) => count.version === version)?.devices ?? 0),
          0,
        );
      const y = height - (sum / highest) * height;
      const [before, after] = [points[place - 1], points[place + 1]];
      const start = before === undefined ? 0 : (xOf(before) + xOf(point)) / 2;
      const end = after === undefined ? width : (xOf(point) + xOf(after)) / 2;
      return [`${start.toFixed(1)} ${y.toFixed(1)}`, `${end.toFixed(1)} ${y.toFixed(1)}`];
    });
  return `M${[...edge(index), ...edge(index + 1).reverse()].join('L')}Z`;
}
