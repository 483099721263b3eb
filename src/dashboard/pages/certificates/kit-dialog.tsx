import { useState } from 'preact/hooks';
import { isLoopbackUrl } from '../../../base/text/loopback';
import { apiPath, postForFile } from '../../api/client';
import type { CertificatesJson } from '../../../contract/certificate';
import type { AboutJson } from '../../../contract/server';
import type { FleetJson } from '../../../contract/fleet';
import { linkTo } from '../../location';
import { Command } from '../../parts/command';
import { commandToCover, coversHostOf } from '../../parts/covers-host';
import { FormDialog } from '../../parts/dialog';
import { optional, typedIn } from '../../parts/form-fields';
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

/**
 * Everything that a device needs, in one archive, with its existing certificate. It may contain a private key: the
 * browser keeps no copy.
 */
export function KitDialog({ device, onClose }: KitDialogProps) {
  const about = useData<AboutJson>('/api/about', { isStale: () => false });
  const { value: fleet } = useData<FleetJson>('/api/fleet', { isStale: () => false });
  const { value: certificates } = useData<CertificatesJson>(apiPath('/api/certificates', { limit: 1 }));
  const [failedFor, setFailedFor] = useState<string | null>(null);
  const compatibles = new Set((fleet?.counts ?? []).flatMap(({ compatible }) => compatible ?? []));

  async function download(fields: FormData): Promise<void> {
    const body = {
      ...optional(fields, 'server_url'),
      ...optional(fields, 'compatible'),
      ...optional(fields, 'polling'),
    };
    const path = linkTo('api', 'devices', device, 'kit');
    try {
      saveFile(await postForFile(path, body), `device-kit-${device}.tar.gz`);
    } catch (error) {
      setFailedFor(typedIn(fields, 'server_url'));
      throw error;
    }
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
            <ServerUrl url={value.device_url} names={certificates?.server?.names ?? null} />
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
      {failedFor !== null && isOneWord(failedFor) && (
        <div class="stack">
          <p>{words.kitByCommand}</p>
          <Command line={words.kitCommand(device, failedFor)} />
        </div>
      )}
    </FormDialog>
  );
}

/** Typed text that a shell must read as a single word. */
function isOneWord(typed: string): boolean {
  return /^https:\/\/[\w.:[\]-]+$/.test(typed);
}

interface ServerUrlProps {
  readonly url: string;
  /** Names in the server certificate; `null` if there is none here. */
  readonly names: readonly string[] | null;
}

/** People may open this page on the server's own machine, under a name that devices cannot use. */
function ServerUrl({ url, names }: ServerUrlProps) {
  const [typed, setTyped] = useState(() => url.replace(/\/$/, ''));
  const isMissed = names !== null && !coversHostOf(names, typed);
  return (
    <>
      <label>
        {words.serverUrl}
        <input
          name="server_url"
          required
          maxLength={310}
          onInput={(event) => setTyped(event.currentTarget.value)}
          value={typed}
          autocomplete="off"
          spellcheck={false}
        />
        <span class="field-hint">{words.serverUrlHint}</span>
      </label>
      {isLoopbackUrl(typed) && <Hint tone="warn">{words.serverUrlLocal}</Hint>}
      {isMissed && (
        <Hint tone="warn">
          <div class="stack">
            <p>{words.serverUrlMissed(names.join(', '))}</p>
            {isOneWord(typed) && <Command line={commandToCover(typed)} />}
          </div>
        </Hint>
      )}
    </>
  );
}
