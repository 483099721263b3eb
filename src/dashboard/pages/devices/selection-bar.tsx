import { useState } from 'preact/hooks';
import { useGuard } from '../../use-guard';
import type { DeviceJson } from '../../../contract/device';
import type { FleetJson } from '../../../contract/fleet';
import { Icon } from '../../parts/icon';
import { Menu } from '../../parts/menu';
import { isToClear } from '../../parts/to-clear';
import { attempt, tell, tellFailure } from '../../parts/notices';
import { text } from '../../texts';
import { actOnDevices, type BulkOutcome, undoOf, type Verb } from './actions';
import { askingVerbs, BulkDialog } from './bulk-dialog';
import { BulkResult } from './bulk-result';
import { type FleetSelection, maxSelected } from './use-selection';

interface SelectionBarProps {
  readonly selection: FleetSelection;
  /** How many devices match the filters. */
  readonly total: number;
  readonly shownTotal: string;
  readonly fleet: FleetJson | null;
  readonly onDone: () => void;
}

const frequent: readonly Verb[] = ['hold', 'unhold', 'pin', 'add-label'];
const others: readonly Verb[] = ['unpin', 'channel', 'remove-label', 'clear', 'admit'];

/** The verbs that resolve a problem of one of them. */
function neededFor(devices: readonly DeviceJson[]): readonly Verb[] {
  const isWaiting = devices.some(({ admission }) => admission === 'waiting');
  const isFailed = devices.some(({ installation }) => installation !== null && isToClear(installation));
  return [...(isWaiting ? (['admit'] as const) : []), ...(isFailed ? (['clear'] as const) : [])];
}

/** Actions for the selected devices. */
export function SelectionBar({ selection, total, shownTotal, fleet, onDone }: SelectionBarProps) {
  const [asking, setAsking] = useState<Verb | null>(null);
  const [reached, setReached] = useState<number | null>(null);
  const [outcome, setOutcome] = useState<BulkOutcome | null>(null);
  const devices = [...selection.devices.values()];
  const ids = devices.map(({ id }) => id);
  const needed = neededFor(devices);

  useGuard(reached !== null);

  async function act(verb: Verb, value?: string): Promise<void> {
    setReached(0);
    try {
      const result = await actOnDevices({ verb, ids, ...(value === undefined ? {} : { value }) }, setReached);
      const { done, failed, notTried } = result;
      if (done.length > 0) {
        const before = devices.filter(({ id }) => done.includes(id));
        const undo = undoOf(verb, value, before);
        tell(
          text.devices.verbs[verb].done(done.length, value ?? ''),
          undo === null ? null : () => void takeBack(undo, onDone),
        );
      }
      if (failed.length > 0) {
        setOutcome(result);
        selection.choose(new Set([...failed.map(({ id }) => id), ...notTried]));
      } else {
        selection.clear();
      }
    } finally {
      setReached(null);
      onDone();
    }
  }

  function begin(verb: Verb): void {
    if (askingVerbs.includes(verb)) setAsking(verb);
    else act(verb).catch(tellFailure);
  }

  return (
    <>
      <div class="selection-bar" role="group" aria-label={text.devices.selected(ids.length)}>
        <span class="selection-count" role="status">
          {reached === null ? text.devices.selected(ids.length) : text.devices.working(reached, ids.length)}
        </span>
        {selection.fetched !== null ? (
          <span class="muted">{text.devices.selecting(selection.fetched)}</span>
        ) : (
          total > ids.length &&
          ids.length < maxSelected && (
            <button type="button" class="quiet" onClick={() => void attempt(selection.chooseAll, null)}>
              {total > maxSelected
                ? text.devices.selectFirst(maxSelected, shownTotal)
                : text.devices.selectAll(shownTotal)}
            </button>
          )
        )}
        <div class="actions">
          {[...needed, ...frequent].map((verb) => (
            <button key={verb} type="button" disabled={reached !== null} onClick={() => begin(verb)}>
              {text.devices.verbs[verb].button}
            </button>
          ))}
          <Menu label={text.devices.moreActions} summary={<Icon name="more" />}>
            {others
              .filter((verb) => !needed.includes(verb))
              .map((verb) => (
                <button key={verb} type="button" disabled={reached !== null} onClick={() => begin(verb)}>
                  {text.devices.verbs[verb].button}
                </button>
              ))}
          </Menu>
          <button
            type="button"
            class="quiet square"
            aria-label={text.devices.clearSelection}
            onClick={selection.clear}
          >
            <Icon name="close" />
          </button>
        </div>
      </div>
      {asking !== null && (
        <BulkDialog
          verb={asking}
          devices={devices}
          fleet={fleet}
          onSubmit={(value) => act(asking, value)}
          onClose={() => setAsking(null)}
        />
      )}
      {outcome !== null && <BulkResult outcome={outcome} onClose={() => setOutcome(null)} />}
    </>
  );
}

/** Undoes each part, and says what could not be undone. */
async function takeBack(actions: NonNullable<ReturnType<typeof undoOf>>, onDone: () => void): Promise<void> {
  let count = 0;
  try {
    for (const action of actions) {
      const { done, failed, notTried } = await actOnDevices(action);
      count += done.length;
      for (const { id, message } of failed) tellFailure(new Error(`${id}: ${message}`));
      if (notTried.length > 0) tellFailure(new Error(text.devices.notUndone(notTried.length)));
    }
    tell(text.devices.undone(count));
  } catch (error) {
    tellFailure(error);
  }
  onDone();
}
