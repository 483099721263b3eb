import type { EventJson, EventPageJson } from '../../contract/event';
import { text } from '../texts';
import { EventLine } from './event-line';
import { Loaded } from './loaded';
import { MoreButton } from './more-button';
import { Section } from './page';
import { isPeopleOnly, PeopleToggle, peopleQuery } from './people-toggle';
import { usePages } from './use-pages';

interface JournalTimelineProps {
  readonly title: string;
  /** What is shown before anything has happened. */
  readonly empty: string;
  /** What the lines are about, under the API's names. */
  readonly query: Readonly<Record<string, string | number>>;
  /** Whether a line belongs to the timeline. */
  readonly isAbout: (event: EventJson) => boolean;
}

/** The journal of one thing, newest first. */
export function JournalTimeline(props: JournalTimelineProps) {
  // Lines found for another query are not carried over.
  return (
    <Section title={props.title} actions={<PeopleToggle />} isHistory>
      <TimelineLines key={String(isPeopleOnly())} {...props} />
    </Section>
  );
}

function TimelineLines({ empty, query, isAbout }: JournalTimelineProps) {
  const { data, lines, more } = usePages<EventPageJson, EventJson>({
    path: '/api/events',
    query: { ...query, ...peopleQuery() },
    linesOf: ({ events }) => events,
    isStale: isAbout,
  });
  return (
    <>
      <Loaded data={data}>
        {() =>
          lines.length === 0 && more === null ? (
            <p class="muted">{isPeopleOnly() ? text.events.noPeople : empty}</p>
          ) : (
            <ul class="rows events">
              {lines.map((event) => (
                <EventLine key={event.id} event={event} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <MoreButton label={text.events.more} more={more} />
    </>
  );
}
