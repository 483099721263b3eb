import { useState } from 'preact/hooks';
import { isLoopbackUrl } from '../../../base/text/loopback';
import { postForFile } from '../../api/client';
import type { AboutJson } from '../../../contract/server';
import type { FleetJson } from '../../../contract/fleet';
import { linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { optional } from '../../parts/form-fields';
import { KitPollingField } from '../../parts/kit-polling-field';
import { Loaded } from '../../parts/loaded';
import { Hint, tell } from '../../parts/notices';
import { ServerUrlNote } from '../../parts/server-url-note';
import { Suggestions } from '../../parts/suggestions';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { saveFile } from '../../parts/save-file';

const words = text.certificates;

interface KitDialogProps {
  readonly device: string;
  readonly onClose: () => void;
}

/** All that a device needs, in one archive; with the certificate that the device has. */
export function KitDialog({ device, onClose }: KitDialogProps) {
  const about = useData<AboutJson>('/api/about', { isStale: () => false });
  const { value: fleet } = useData<FleetJson>('/api/fleet', { isStale: () => false });
  const compatibles = new Set((fleet?.counts ?? []).flatMap(({ compatible }) => compatible ?? []));

  async function download(fields: FormData): Promise<void> {
    const body = {
      ...optional(fields, 'server_url'),
      ...optional(fields, 'compatible'),
      ...optional(fields, 'polling'),
    };
    const path = linkTo('api', 'devices', device, 'kit');
    saveFile(await postForFile(path, body), `device-kit-${device}.tar.gz`);
    tell(words.kitDone(device));
  }

  return (
    <FormDialog
      title={words.kitTitle(device)}
      action={words.kitAction}
      onSubmit={download}
      onClose={onClose}
      isReady={about.value !== null}
    >
      <p class="muted">{words.kitHint}</p>
      <Loaded data={about}>
        {(value) => (
          <>
            <ServerUrl url={value.device_url} />
            <ServerUrlNote about={value} />
          </>
        )}
      </Loaded>
      <label>
        {words.kitCompatible}
        <input name="compatible" maxLength={200} list="kit-compatibles" autocomplete="off" />
        <span class="field-hint">{words.kitCompatibleHint}</span>
      </label>
      <Suggestions id="kit-compatibles" values={compatibles} />
      <KitPollingField />
    </FormDialog>
  );
}

/** A person may well look at the server from the machine that it runs on; a device can't. */
function ServerUrl({ url }: { readonly url: string }) {
  const [isLocal, setLocal] = useState(() => isLoopbackUrl(url));
  return (
    <>
      <label>
        {words.serverUrl}
        <input
          name="server_url"
          required
          maxLength={310}
          onInput={(event) => setLocal(isLoopbackUrl(event.currentTarget.value))}
          defaultValue={url.replace(/\/$/, '')}
          autocomplete="off"
          spellcheck={false}
        />
        <span class="field-hint">{words.serverUrlHint}</span>
      </label>
      {isLocal && <Hint tone="warn">{words.serverUrlLocal}</Hint>}
    </>
  );
}
