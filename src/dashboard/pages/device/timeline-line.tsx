import type { EventJson } from '../../api/types';
import { Moment } from '../../parts/time';

/** One line of the journal, with its exact time in front. */
export function TimelineLine({ event: { at, message, actor } }: { readonly event: EventJson }) {
  return (
    <div class="event-line">
      <span class="muted small event-time">
        <Moment at={at} />
      </span>
      <span class="event-message">
        {message} <span class="muted small">{actor}</span>
      </span>
    </div>
  );
}
