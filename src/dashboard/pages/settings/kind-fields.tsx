import { useState } from 'preact/hooks';
import { eventKinds } from '../../../core/event';
import { text } from '../../texts';

const words = text.settings.webhooks;
/** Webhook events are left out: a webhook that reports them could report its own. */
const groups = Object.entries(text.events.groups).filter(([noun]) => noun !== 'webhook');

/** Which events: all, or chosen by subject. Each chosen one is a field named `kind`. */
export function KindFields() {
  const [isAll, setAll] = useState(true);
  return (
    <fieldset class="choices">
      <legend>{words.events}</legend>
      <label class="inline">
        <input type="radio" name="which" value="all" checked={isAll} onChange={() => setAll(true)} />
        {words.all}
      </label>
      <label class="inline">
        <input type="radio" name="which" value="chosen" checked={!isAll} onChange={() => setAll(false)} />
        {words.chosen}
      </label>
      {!isAll && (
        <div class="kind-groups">
          {groups.map(([noun, label]) => (
            <Group key={noun} noun={noun} label={label} />
          ))}
        </div>
      )}
    </fieldset>
  );
}

/** All events about a noun, or some of them. */
function Group({ noun, label }: { readonly noun: string; readonly label: string }) {
  const [isWhole, setWhole] = useState(false);
  const kinds = eventKinds.filter((kind) => kind.startsWith(`${noun}.`));
  return (
    <div role="group" aria-label={label}>
      <label class="inline">
        <input
          type="checkbox"
          name="kind"
          value={`${noun}.`}
          checked={isWhole}
          onChange={() => setWhole(!isWhole)}
        />
        <strong>{words.allOf(label)}</strong>
      </label>
      <div class="kinds">
        {kinds.map((kind) => (
          <label key={kind} class="inline">
            <input type="checkbox" name="kind" value={kind} disabled={isWhole} />
            {text.events.kinds[kind]}
          </label>
        ))}
      </div>
    </div>
  );
}
