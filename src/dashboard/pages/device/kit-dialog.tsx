import { useState } from 'preact/hooks';
import { postForFile } from '../../api/client';
import type { AboutJson } from '../../../contract/server';
import { linkTo } from '../../location';
import { Command } from '../../parts/command';
import { FormDialog } from '../../parts/dialog';
import { KitPollingField } from '../../parts/kit-polling-field';
import { tell } from '../../parts/notices';
import { saveFile } from '../../parts/save-file';
import { hasServerUrl, ServerUrlNote } from '../../parts/server-url-note';
import { text } from '../../texts';
import { optional, typedIn } from '../../parts/form-fields';
import { useData } from '../../use-data';
import type { DeviceDialogProps } from './device-dialogs';

/** Makes the archive that brings a device to this server. It may hold a private key: the browser keeps no copy. */
export function KitDialog({ subject, onClose }: DeviceDialogProps) {
  const { one } = text.devices;
  const { id } = subject.device;
  const { value: about } = useData<AboutJson>('/api/about', { isStale: () => false });
  const isAddressNeeded = about !== null && !hasServerUrl(about);
  const [hasFailed, setFailed] = useState(false);
  async function make(form: FormData): Promise<void> {
    const server = typedIn(form, 'server');
    try {
      const body = { ...(server === '' ? {} : { server_url: server }), ...optional(form, 'polling') };
      saveFile(await postForFile(linkTo('api', 'devices', id, 'kit'), body), one.kitFile(id));
    } catch (error) {
      setFailed(true);
      throw error;
    }
    tell(one.done.kit(one.kitFile(id)));
  }
  return (
    <FormDialog title={one.kitTitle(id)} action={one.kitAction} onSubmit={make} onClose={onClose}>
      <p>{one.kitHint}</p>
      <label>
        {isAddressNeeded ? one.kitServerNeeded : one.kitServer}
        <input
          name="server"
          type="url"
          pattern="https://.+"
          maxLength={320}
          autocomplete="off"
          required={isAddressNeeded}
        />
        <span class="field-hint">{one.kitServerHint}</span>
      </label>
      {about !== null && <ServerUrlNote about={about} />}
      <KitPollingField />
      {hasFailed && (
        <div>
          <p>{one.kitFailed}</p>
          <Command line={one.kitCommand(id)} />
        </div>
      )}
    </FormDialog>
  );
}
