import type { EventJson } from '../../../contract/event';
import { formatDay } from '../../format';
import { text } from '../../texts';
import { JournalLine } from './journal-line';

const dayMs = 86_400_000;

interface JournalDaysProps {
  readonly lines: readonly EventJson[];
  readonly isLoading: boolean;
}

/** Lines grouped by the day on which they were written, in the viewer's zone. */
export function JournalDays({ lines, isLoading }: JournalDaysProps) {
  return (
    <div class="journal" aria-busy={isLoading}>
      {daysOf(lines).map(([day, ofDay]) => (
        <section key={day} class="panel" aria-label={day}>
          <h2>{day}</h2>
          <ul class="rows events">
            {ofDay.map((event) => (
              <JournalLine key={event.id} event={event} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function daysOf(lines: readonly EventJson[]): readonly (readonly [string, readonly EventJson[]])[] {
  const today = formatDay(new Date());
  const yesterday = formatDay(new Date(Date.now() - dayMs));
  const days = new Map<string, EventJson[]>();
  for (const line of lines) {
    const day = formatDay(new Date(line.at));
    const ofDay = days.get(day);
    if (ofDay === undefined) days.set(day, [line]);
    else ofDay.push(line);
  }
  return [...days].map(([day, ofDay]) => {
    const near = day === today ? text.events.today : day === yesterday ? text.events.yesterday : null;
    return [near === null ? day : `${near}, ${day}`, ofDay] as const;
  });
}
