import { useId, useState } from 'preact/hooks';
import type { EventJson } from '../../../contract/event';
import { formatClock, formatUtc } from '../../format';
import { EventMark, EventText } from '../../parts/event-line';
import { Icon } from '../../parts/icon';
import { text } from '../../texts';
import { Changes } from './changes';

/** One line: when exactly, what happened, who did it and from where, and what it changed. */
export function JournalLine({ event }: { readonly event: EventJson }) {
  const [isOpen, setOpen] = useState(false);
  const changesId = useId();
  const { at, actor, address, before, after } = event;
  const moment = new Date(at);
  return (
    <li class="journal-line">
      <time class="muted small" dateTime={at} title={formatUtc(moment)}>
        {formatClock(moment)}
      </time>
      <EventMark event={event} />
      <EventText event={event} />
      <span class="muted small event-by">{text.events.by(actor, address)}</span>
      {(before !== null || after !== null) && (
        <button
          type="button"
          class="quiet small"
          aria-expanded={isOpen}
          aria-controls={changesId}
          onClick={() => setOpen(!isOpen)}
        >
          {text.events.details}
          <Icon name={isOpen ? 'sortUp' : 'sortDown'} />
        </button>
      )}
      {isOpen && <Changes id={changesId} before={before} after={after} />}
    </li>
  );
}
