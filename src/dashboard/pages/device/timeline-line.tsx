import type { EventJson } from '../../../contract/event';
import { eventSentence } from '../../event-sentence';
import { Repeats } from '../../parts/event-line';
import { Moment } from '../../parts/time';

/** One line of the journal, with its exact time in front. */
export function TimelineLine({ event }: { readonly event: EventJson }) {
  const { at, actor, device } = event;
  // For what the device itself did, its name in the sentence is enough.
  const isItself = actor === `device:${device ?? ''}`;
  return (
    <div class="event-line">
      <span class="muted small event-time">
        <Moment at={at} />
      </span>
      <span class="event-message">
        {eventSentence(event)} <Repeats event={event} />{' '}
        {!isItself && <span class="muted small">{actor}</span>}
      </span>
    </div>
  );
}
