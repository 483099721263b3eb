import { post } from '../../api/client';
import { defaultChannel } from '../../../core/release';
import type { DeviceJson } from '../../../contract/device';
import type { FleetJson } from '../../../contract/fleet';
import { goTo, linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { tell } from '../../parts/notices';
import { text } from '../../texts';
import { typedIn } from '../../parts/form-fields';
import { KnownWords } from './known-words';

interface AddDeviceProps {
  readonly fleet: FleetJson | null;
  readonly onClose: () => void;
}

/** Adds a device before its first contact, and opens its page for the next steps. */
export function AddDevice({ fleet, onClose }: AddDeviceProps) {
  const { addDialog } = text.devices;
  async function add(fields: FormData): Promise<void> {
    const field = (name: string) => typedIn(fields, name);
    const channel = field('channel');
    const device = await post<DeviceJson>('/api/devices', {
      id: field('id'),
      ...(channel === '' ? {} : { channel }),
      labels: splitLabels(field('labels')),
      notes: field('notes'),
    });
    tell(addDialog.done(device.id));
    goTo(linkTo('devices', device.id));
  }
  return (
    <FormDialog title={text.devices.add} action={addDialog.action} onSubmit={add} onClose={onClose}>
      <label>
        {addDialog.id}
        <input name="id" required maxLength={64} autocomplete="off" spellcheck={false} />
        <span class="field-hint">{addDialog.idHint}</span>
      </label>
      <div class="fields two">
        <label>
          {addDialog.channel}
          <input
            name="channel"
            maxLength={64}
            placeholder={defaultChannel}
            list="channels"
            autocomplete="off"
          />
        </label>
        <label>
          {addDialog.labels}
          <input name="labels" autocomplete="off" />
          <span class="field-hint">{addDialog.labelsHint}</span>
        </label>
      </div>
      <label>
        {addDialog.notes}
        <textarea name="notes" maxLength={2_000} />
      </label>
      <KnownWords id="channels" of="channel" fleet={fleet} />
    </FormDialog>
  );
}

function splitLabels(typed: string): readonly string[] {
  return typed.split(/[\s,;]+/).filter((label) => label !== '');
}
