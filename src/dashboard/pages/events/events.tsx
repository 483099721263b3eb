import { formatCount } from '../../format';
import { FailureBox, Hint } from '../../parts/notices';
import { Icon } from '../../parts/icon';
import { EmptyState, Page } from '../../parts/page';
import { text } from '../../texts';
import { EventFilters } from './event-filters';
import { filtersOn, journalPath } from './filter';
import { JournalDays } from './journal-days';
import { OlderLines } from './older-lines';
import { type Journal, useJournal } from './use-journal';

const words = text.events;
const exportLimit = 1_000;
const topPx = 60;

/** What people and devices did, newest first, as it happens. */
export function EventsPage() {
  const filters = filtersOn();
  const journal = useJournal(filters, isReading);
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Page
      title={text.frame.pages.events}
      actions={
        <a
          class="button"
          href={journalPath(filters, { limit: exportLimit })}
          download="events.json"
          title={words.exportHint}
        >
          <Icon name="down" />
          {words.export}
        </a>
      }
    >
      <EventFilters filters={filters} />
      <Lines journal={journal} isFiltered={isFiltered} />
    </Page>
  );
}

/** Whether the viewer has scrolled down, or has opened the details of a line, and so must not be disturbed. */
function isReading(): boolean {
  return scrollY > topPx || document.querySelector('.journal [aria-expanded="true"]') !== null;
}

function Lines({ journal, isFiltered }: { readonly journal: Journal; readonly isFiltered: boolean }) {
  const { lines, failure, arrived, hasGap } = journal;
  if (lines === null) {
    return failure === null ? (
      <p class="loading muted" role="status">
        {text.common.loading}
      </p>
    ) : (
      <FailureBox error={failure} retry={journal.reload} />
    );
  }
  return (
    <>
      {failure !== null && (
        <Hint tone="warn">
          {text.common.stale} {failure.message}
        </Hint>
      )}
      <div class="arrived" role="status">
        {arrived.length > 0 && (
          <button
            type="button"
            class="primary"
            title={words.arrivedHint}
            onClick={() => {
              journal.showArrived();
              scrollTo(0, 0);
            }}
          >
            <Icon name="up" />
            {words.arrived(`${formatCount(arrived.length)}${hasGap ? '+' : ''}`)}
          </button>
        )}
      </div>
      {lines.length === 0 && journal.before === null ? (
        <EmptyState title={isFiltered ? words.noMatch : words.none}>
          <p class="muted">{isFiltered ? words.noMatchHint : words.noneHint}</p>
        </EmptyState>
      ) : (
        <>
          {lines.length === 0 && <EmptyState title={words.noMatchYet} />}
          <JournalDays lines={lines} isLoading={journal.isLoading} />
          <OlderLines journal={journal} isFiltered={isFiltered} />
        </>
      )}
    </>
  );
}
