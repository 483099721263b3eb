import { Loaded } from '../../parts/loaded';
import { FailureBox } from '../../parts/notices';
import { Section } from '../../parts/page';
import { isPeopleOnly, PeopleToggle } from '../../parts/people-toggle';
import { text } from '../../texts';
import { InstallationEntry } from './installation-entry';
import { TimelineLine } from './timeline-line';
import { useTimeline } from './use-timeline';

/** What happened to a device: people's decisions, boots and installations. */
export function Timeline({ id }: { readonly id: string }) {
  const isByPeople = isPeopleOnly();
  // Lines found for another query are not carried over.
  return (
    <Section title={text.devices.one.timeline} actions={<PeopleToggle />} isHistory>
      <Entries key={String(isByPeople)} id={id} isByPeople={isByPeople} />
    </Section>
  );
}

interface EntriesProps {
  readonly id: string;
  readonly isByPeople: boolean;
}

function Entries({ id, isByPeople }: EntriesProps) {
  const { first, entries, hasMore, failure, loadMore } = useTimeline(id, isByPeople);
  const { one } = text.devices;
  return (
    <Loaded data={first}>
      {() => (
        <>
          {entries.length === 0 && !hasMore && (
            <p class="muted">{isByPeople ? text.events.noPeople : one.nothingYet}</p>
          )}
          <ol class="timeline">
            {entries.map((entry) =>
              'event' in entry ? (
                <li key={`event-${entry.event.id}`} class="timeline-entry">
                  <TimelineLine event={entry.event} />
                </li>
              ) : (
                <li key={`installation-${entry.installation.id}`} class="timeline-entry">
                  <InstallationEntry installation={entry.installation} events={entry.events} />
                </li>
              ),
            )}
          </ol>
          {failure !== null && <FailureBox error={failure} />}
          {hasMore && (
            <button type="button" onClick={() => void loadMore()}>
              {one.more}
            </button>
          )}
        </>
      )}
    </Loaded>
  );
}
