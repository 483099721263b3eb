import { signal } from '@preact/signals';
import { formatAgo, formatDay, formatMoment, formatUtc } from '../format';
import { text } from '../texts';

/** All times on the page age together. */
export const now = signal(new Date());
setInterval(() => {
  if (!document.hidden) now.value = new Date();
}, 10_000);

interface TimeProps {
  /** ISO 8601; `null` for what has not happened. */
  readonly at: string | null;
}

/** How long ago; on hover the exact moment, in the viewer's time zone and in UTC. */
export function Ago({ at }: TimeProps) {
  if (at === null) return <span class="muted">{text.common.never}</span>;
  const moment = new Date(at);
  return (
    <time dateTime={at} title={`${formatMoment(moment)}\n${formatUtc(moment)}`}>
      {formatAgo(moment, now.value)}
    </time>
  );
}

/** The moment in the viewer's time zone; UTC on hover. */
export function Moment({ at }: TimeProps) {
  if (at === null) return <span class="muted">{text.common.none}</span>;
  const moment = new Date(at);
  return (
    <time class="moment" dateTime={at} title={formatUtc(moment)}>
      {formatMoment(moment)}
    </time>
  );
}

/** The day in the viewer's time zone; UTC on hover. */
export function Day({ at }: TimeProps) {
  if (at === null) return <span class="muted">{text.common.none}</span>;
  const moment = new Date(at);
  return (
    <time dateTime={at} title={formatUtc(moment)}>
      {formatDay(moment)}
    </time>
  );
}
