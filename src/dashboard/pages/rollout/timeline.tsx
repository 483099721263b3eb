import type { EventJson, EventPageJson } from '../../../contract/event';
import { EventLine } from '../../parts/event-line';
import { Loaded } from '../../parts/loaded';
import { Section } from '../../parts/page';
import { MoreButton } from '../../parts/more-button';
import { usePages } from '../../parts/use-pages';
import { text } from '../../texts';

/** The journal of one release. */
export function Timeline({ releaseId }: { readonly releaseId: number }) {
  const { data, lines, more } = usePages<EventPageJson, EventJson>({
    path: '/api/events',
    query: { release: releaseId },
    linesOf: ({ events }) => events,
    isStale: ({ release_id: release }) => release === releaseId,
  });
  return (
    <Section title={text.rollouts.timeline}>
      <Loaded data={data}>
        {() =>
          lines.length === 0 ? (
            <p class="muted">{text.rollouts.timelineEmpty}</p>
          ) : (
            <ul class="rows events">
              {lines.map((event) => (
                <EventLine key={event.id} event={event} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <MoreButton label={text.rollouts.historyOlder} more={more} />
    </Section>
  );
}
