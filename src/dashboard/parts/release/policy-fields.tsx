import type { LabelListJson } from '../../../contract/fleet';
import { text } from '../../texts';
import { useData } from '../../use-data';
import type { DraftProps } from './draft';
import { NumberField } from './number-field';

const { form: words } = text.rollouts;
const presets = ['5,25,100', '1,10,50,100', '50,100'];

/** Everyone at once or in steps, and when it pauses automatically. */
export function PolicyFields({ draft, change }: DraftProps) {
  return (
    <>
      <fieldset class="stack">
        <legend>{words.how}</legend>
        <div class="release-how">
          {[false, true].map((isStepwise) => (
            <label key={String(isStepwise)} class="inline">
              <input
                type="radio"
                name="how"
                checked={draft.isStepwise === isStepwise}
                onChange={() => change({ isStepwise })}
              />
              {isStepwise ? words.inSteps : words.atOnce}
            </label>
          ))}
        </div>
        {draft.isStepwise && <StepFields draft={draft} change={change} />}
      </fieldset>
      <fieldset>
        <legend>{words.pause}</legend>
        <div class="fields two">
          <NumberField
            label={words.pauseAtFailures}
            hint={words.pauseHint}
            name="pause_at_failures"
            value={draft.pauseAtFailures}
            onChange={(pauseAtFailures) => change({ pauseAtFailures })}
          />
          <NumberField
            label={words.pauseAtPercent}
            hint={words.pauseHint}
            name="pause_at_percent"
            isPercent
            value={draft.pauseAtPercent}
            onChange={(pauseAtPercent) => change({ pauseAtPercent })}
          />
        </div>
      </fieldset>
    </>
  );
}

function StepFields({ draft, change }: DraftProps) {
  const setSteps = (steps: string) => change({ steps });
  return (
    <>
      <label>
        {words.steps}
        <input
          name="steps"
          required
          autoComplete="off"
          value={draft.steps}
          onInput={(event) => setSteps(event.currentTarget.value)}
        />
        <span class="field-hint">{words.stepsHint}</span>
      </label>
      <div class="release-presets" role="group" aria-label={words.presets}>
        {presets.map((steps) => (
          <button key={steps} type="button" class="small" onClick={() => setSteps(steps)}>
            {`${steps.replaceAll(',', ' → ')}\u00a0%`}
          </button>
        ))}
      </div>
      <div class="fields two">
        <GroupField steps={draft.steps} onChange={setSteps} />
        <NumberField
          label={words.promote}
          hint={words.promoteHint}
          name="promote_at_percent"
          isPercent
          value={draft.promoteAtPercent}
          onChange={(promoteAtPercent) => change({ promoteAtPercent })}
        />
      </div>
    </>
  );
}

interface GroupFieldProps {
  readonly steps: string;
  readonly onChange: (steps: string) => void;
}

/** Adds a group before the steps, chosen from the devices' labels. */
function GroupField({ steps, onChange }: GroupFieldProps) {
  const labels = useData<LabelListJson>('/api/labels', {
    isStale: () => false,
  });
  const known = labels.value?.labels ?? [];
  if (known.length === 0) return null;
  const [first = '', ...others] = steps.split(',').map((step) => step.trim());
  const group = first.startsWith('group:') ? first.slice('group:'.length) : '';
  const rest = group === '' ? steps : others.join(',');
  return (
    <label>
      {words.groupFirst}
      <select
        value={group}
        onChange={({ currentTarget: { value } }) => onChange(value === '' ? rest : `group:${value},${rest}`)}
      >
        <option value="">{words.noGroup}</option>
        {known.map(({ label }) => (
          <option key={label} value={label}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
