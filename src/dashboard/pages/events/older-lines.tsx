import { useState } from 'preact/hooks';
import { asFailure, type Failure } from '../../api/client';
import { FailureBox } from '../../parts/notices';
import { Moment } from '../../parts/time';
import { text } from '../../texts';
import type { Journal } from './use-journal';

interface OlderLinesProps {
  readonly journal: Journal;
  readonly isFiltered: boolean;
}

/** The way back in time, a page at a time. */
export function OlderLines({ journal, isFiltered }: OlderLinesProps) {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  async function load(): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setFailure(null);
    await journal.loadOlder().catch((error: unknown) => setFailure(asFailure(error)));
    setBusy(false);
  }
  return (
    <div class="older">
      {failure !== null && <FailureBox error={failure} />}
      {journal.before !== null && journal.searchedUntil !== null && (
        <p class="muted small" role="status">
          {text.events.searchedUntil} <Moment at={journal.searchedUntil} />
        </p>
      )}
      {journal.before === null ? (
        <p class="muted small">{isFiltered ? text.events.endFiltered : text.events.end}</p>
      ) : (
        <button type="button" aria-disabled={isBusy} onClick={() => void load()}>
          {journal.searchedUntil === null ? text.events.more : text.events.searchFurther}
        </button>
      )}
    </div>
  );
}
