import { compareNaturally } from '../../../base/text/natural-order';
import type { DeviceJson } from '../../../contract/device';
import type { FleetJson } from '../../../contract/fleet';
import { Failure } from '../../api/client';
import { FormDialog } from '../../parts/dialog';
import { text } from '../../texts';
import type { Verb } from './actions';
import { typedIn } from '../../parts/form-fields';
import { PinField } from './pin-field';
import { KnownWords } from './known-words';

/** Verbs that ask for input; the others are applied at once, because they can be undone. */
export const askingVerbs: readonly Verb[] = [
  'hold',
  'pin',
  'channel',
  'add-label',
  'remove-label',
  'clear',
  'admit',
];

interface BulkDialogProps {
  readonly verb: Verb;
  readonly devices: readonly DeviceJson[];
  readonly fleet: FleetJson | null;
  readonly onSubmit: (value: string | undefined) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks for the input of an action on many devices, and says how many there are. */
export function BulkDialog({ verb, devices, fleet, onSubmit, onClose }: BulkDialogProps) {
  const { title, action } = text.devices.verbs[verb];
  async function submit(fields: FormData): Promise<void> {
    const value = typedIn(fields, 'value');
    if (verb === 'pin' && value === '')
      throw new Failure(text.devices.pinDialog.noBundle(devices.length), 0, 'invalid-input');
    await onSubmit(value);
  }
  return (
    <FormDialog title={title(devices.length)} action={action} onSubmit={submit} onClose={onClose}>
      <Field verb={verb} devices={devices} fleet={fleet} />
    </FormDialog>
  );
}

function Field({ verb, devices, fleet }: Pick<BulkDialogProps, 'verb' | 'devices' | 'fleet'>) {
  const { fields } = text.devices;
  switch (verb) {
    case 'hold':
      return (
        <label>
          {fields.reason}
          <textarea name="value" maxLength={200} />
          <span class="field-hint">{fields.holdHint(devices.length)}</span>
        </label>
      );
    case 'pin':
      return (
        <PinField
          count={devices.length}
          compatibles={new Set(devices.flatMap(({ compatible }) => compatible ?? []))}
        />
      );
    case 'channel':
      return (
        <label>
          {fields.channel}
          <input name="value" required maxLength={64} list="bulk-values" autocomplete="off" />
          <span class="field-hint">{fields.channelHint(devices.length)}</span>
          <KnownWords id="bulk-values" of="channel" fleet={fleet} />
        </label>
      );
    case 'add-label':
      return (
        <label>
          {fields.label}
          <input name="value" required maxLength={64} list="bulk-values" autocomplete="off" />
          <KnownWords id="bulk-values" of="label" fleet={fleet} />
        </label>
      );
    case 'remove-label':
      return <LabelChoice devices={devices} />;
    case 'clear':
      return <p>{fields.clearHint}</p>;
    case 'admit':
      return <p>{fields.admitHint(devices.length)}</p>;
    case 'unhold':
    case 'unpin':
      return null;
  }
}

function LabelChoice({ devices }: { readonly devices: readonly DeviceJson[] }) {
  const labels = [...new Set(devices.flatMap((device) => device.labels))].sort(compareNaturally);
  if (labels.length === 0) return <p>{text.devices.fields.noLabels(devices.length)}</p>;
  return (
    <label>
      {text.devices.fields.label}
      <select name="value" required>
        {labels.map((label) => (
          <option key={label} value={label}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
