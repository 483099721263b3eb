import { text } from '../../texts';
import type { DraftProps } from './draft';

const { form: words } = text.rollouts;

/** Which versions a release may be installed from, and whether devices may downgrade to it. */
export function VersionFields({ draft, change }: DraftProps) {
  return (
    <fieldset class="stack">
      <legend>{words.versions}</legend>
      <label>
        {words.startsFrom}
        <input
          name="from"
          autoComplete="off"
          value={draft.versions}
          onInput={(event) => change({ versions: event.currentTarget.value })}
        />
        <span class="field-hint">{words.startsFromHint}</span>
      </label>
      <label class="inline">
        <input
          type="checkbox"
          name="allow_downgrade"
          checked={draft.allowDowngrade}
          onChange={(event) => change({ allowDowngrade: event.currentTarget.checked })}
        />
        {words.allowDowngrade}
      </label>
    </fieldset>
  );
}
