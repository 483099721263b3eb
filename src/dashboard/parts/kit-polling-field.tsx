import { useState } from 'preact/hooks';
import { text } from '../texts';
import { Hint } from './notices';

/** Makes RAUC itself poll the server, a feature that RAUC calls a preview; otherwise the kit's script polls. */
export function KitPollingField() {
  const { polling, pollingHint, pollingWarning } = text.kit;
  const [isNative, setNative] = useState(false);
  return (
    <>
      <label class="inline">
        <input
          type="checkbox"
          name="polling"
          value="native"
          checked={isNative}
          onChange={(event) => setNative(event.currentTarget.checked)}
        />
        {polling}
      </label>
      <span class="field-hint">{pollingHint}</span>
      {isNative && <Hint tone="warn">{pollingWarning}</Hint>}
    </>
  );
}
