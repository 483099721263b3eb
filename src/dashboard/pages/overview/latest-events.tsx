import type { EventPageJson } from '../../../contract/event';
import { EventLine } from '../../parts/event-line';
import { Loaded } from '../../parts/loaded';
import { Section } from '../../parts/page';
import { text } from '../../texts';
import { useData } from '../../use-data';

export function LatestEvents() {
  const events = useData<EventPageJson>('/api/events?limit=8');
  return (
    <Section title={text.overview.latest} actions={<a href="/events">{text.overview.allEvents}</a>}>
      <Loaded data={events}>
        {({ events: lines }) =>
          lines.length === 0 ? (
            <p class="muted">{text.overview.noEvents}</p>
          ) : (
            <ul class="rows events">
              {lines.map((event) => (
                <EventLine key={event.id} event={event} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}
