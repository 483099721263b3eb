import type { EventJson } from '../../api/types';
import { formatClock, formatUtc } from '../../format';
import { EventMark, EventText } from '../../parts/event-line';
import { text } from '../../texts';
import { Changes } from './changes';

/** One line: when exactly, what happened, who did it from where, and what that changed. */
export function JournalLine({ event }: { readonly event: EventJson }) {
  const { at, actor, address, before, after } = event;
  const moment = new Date(at);
  return (
    <li class="event journal-line">
      <time class="muted small" dateTime={at} title={formatUtc(moment)}>
        {formatClock(moment)}
      </time>
      <EventMark event={event} />
      <EventText event={event} />
      <span class="muted small event-by">{text.events.by(actor, address)}</span>
      {(before !== null || after !== null) && (
        <details>
          <summary class="small">{text.events.details}</summary>
          <Changes before={before} after={after} />
        </details>
      )}
    </li>
  );
}
