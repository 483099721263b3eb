import { formatCount, formatPercent } from '../format';
import { Icon, type IconName } from './icon';

export interface Share {
  readonly key: string;
  readonly label: string;
  readonly count: number;
  /** A class for the colour: a tone, or `series-1` to `series-6`. */
  readonly look: string;
  /** Drawn in the bar and next to the word, for people who cannot tell the colours apart. */
  readonly shape?: IconName;
  readonly href?: string;
}

interface ShareBarProps {
  readonly label: string;
  readonly shares: readonly Share[];
  /** The whole, if the shares do not fill it. */
  readonly total?: number;
  readonly hasLegend?: boolean;
  /** How to write a count that is not a number of things. */
  readonly format?: (count: number) => string;
}

/** A whole and its parts: as a bar, and in words below it. */
export function ShareBar(props: ShareBarProps) {
  const { label, shares, total, hasLegend = true, format = formatCount } = props;
  const whole = Math.max(
    total ?? 0,
    shares.reduce((sum, { count }) => sum + count, 0),
  );
  const shown = shares.filter(({ count }) => count > 0);
  const words = shown.map((share) => `${share.label}: ${format(share.count)}`).join(', ');
  return (
    <div class="share">
      <div class="share-bar" role="img" aria-label={`${label}: ${words}`}>
        {shown.map(({ key, count, look, shape, label: of }) => (
          <span
            key={key}
            class={`share-part ${look}`}
            style={{ flexGrow: count }}
            title={`${of}: ${format(count)} (${formatPercent(count, whole)})`}
          >
            {shape !== undefined && <Icon name={shape} />}
          </span>
        ))}
        {whole > sumOf(shown) && <span class="share-rest" style={{ flexGrow: whole - sumOf(shown) }} />}
      </div>
      {hasLegend && <Legend shares={shown} whole={whole} format={format} />}
    </div>
  );
}

interface LegendProps {
  readonly shares: readonly Share[];
  readonly whole: number;
  readonly format: (count: number) => string;
}

function Legend({ shares, whole, format }: LegendProps) {
  return (
    <ul class="legend">
      {shares.map(({ key, label, count, look, shape, href }) => (
        <li key={key}>
          {shape === undefined ? (
            <span class={`swatch ${look}`} aria-hidden="true" />
          ) : (
            <span class={`legend-shape ${look}`}>
              <Icon name={shape} />
            </span>
          )}
          {href === undefined ? <span>{label}</span> : <a href={href}>{label}</a>}{' '}
          <span class="muted">
            {format(count)} · {formatPercent(count, whole)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function sumOf(shares: readonly Share[]): number {
  return shares.reduce((sum, { count }) => sum + count, 0);
}
