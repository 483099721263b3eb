import { useId } from 'preact/hooks';
import { weekdays } from '../../../core/maintenance-window';
import { text } from '../../texts';
import { Suggestions } from '../suggestions';
import { type DraftProps, viewerZone } from './draft';
import { NumberField } from './number-field';

const { form: words } = text.rollouts;

/** When installations may begin, and how many at a time. */
export function TimingFields({ draft, change }: DraftProps) {
  return (
    <fieldset class="stack">
      <legend>{words.timing}</legend>
      <div class="fields two">
        <label>
          {words.startAt}
          <input
            type="datetime-local"
            name="start_at"
            value={draft.startAt}
            onInput={(event) => change({ startAt: event.currentTarget.value })}
          />
          <span class="field-hint">{words.startHint(viewerZone)}</span>
        </label>
        <NumberField
          label={words.cap}
          hint={words.capHint}
          name="max_in_progress"
          value={draft.maxInProgress}
          onChange={(maxInProgress) => change({ maxInProgress })}
        />
      </div>
      <label class="inline">
        <input
          type="checkbox"
          checked={draft.hasWindow}
          onChange={(event) => change({ hasWindow: event.currentTarget.checked })}
        />
        {words.window}
      </label>
      {draft.hasWindow && <WindowFields draft={draft} change={change} />}
    </fieldset>
  );
}

function WindowFields({ draft, change }: DraftProps) {
  const listId = useId();
  return (
    <>
      <div class="release-days" role="group" aria-label={words.days}>
        {weekdays.map((day) => (
          <label key={day} class="inline">
            <input
              type="checkbox"
              checked={draft.days.includes(day)}
              onChange={({ currentTarget: { checked } }) =>
                change({
                  days: weekdays.filter((one) => (one === day ? checked : draft.days.includes(one))),
                })
              }
            />
            {words.day[day]}
          </label>
        ))}
      </div>
      <div class="fields two">
        {(['from', 'to'] as const).map((edge) => (
          <label key={edge}>
            {words[edge]}
            <input
              type="time"
              required
              value={draft[edge]}
              onInput={(event) => change({ [edge]: event.currentTarget.value })}
            />
          </label>
        ))}
        <label>
          {words.zone}
          <input
            required
            list={listId}
            autoComplete="off"
            value={draft.timeZone}
            onInput={(event) => change({ timeZone: event.currentTarget.value })}
          />
          <Suggestions id={listId} values={Intl.supportedValuesOf('timeZone')} />
        </label>
      </div>
    </>
  );
}
