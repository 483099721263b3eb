import { useState } from 'preact/hooks';
import type { AttentionJson } from '../../../contract/attention';
import type { DeviceJson, DevicePageJson } from '../../../contract/device';
import { apiPath, Failure } from '../../api/client';
import { may } from '../../api/session';
import { formatCount } from '../../format';
import { isToClear } from '../../parts/to-clear';
import { FormDialog } from '../../parts/dialog';
import { Loaded } from '../../parts/loaded';
import { tell } from '../../parts/notices';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { CaLink } from '../certificates/ca-link';
import type { OpenDialog } from '../certificates/certificate-dialogs';
import { actOnDevices } from '../devices/actions';
import { RenewAction } from './renew-action';
import { RevokeAction } from './revoke-action';

const words = text.overview.act;
const maxDevices = 250;
const maxNamed = 10;

interface Remedy {
  readonly verb: 'admit' | 'clear';
  /** The devices that the item is about, as a query for the list of devices. */
  readonly filter: Readonly<Record<string, string | undefined>>;
  readonly isMeant: (device: DeviceJson) => boolean;
}

interface AttentionActionProps {
  readonly item: AttentionJson;
  /** Opens a dialog about certificates, which outlives the item. */
  readonly onOpen: (dialog: OpenDialog) => void;
}

/** A button that settles an item; nothing if people have to look at a page first. */
export function AttentionAction({ item, onOpen }: AttentionActionProps) {
  const { kind } = item;
  const remedy = remedyOf(item);
  return (
    <>
      {kind === 'ca-certificate-expiring' && <CaLink />}
      {remedy !== null && may('publish') && <DevicesAction remedy={remedy} />}
      {may('admin') && (kind === 'certificate-expiring' || kind === 'old-certificate') && (
        <RenewAction item={{ ...item, kind }} onOpen={onOpen} />
      )}
      {may('admin') && (kind === 'second-board' || kind === 'silent' || kind === 'lost') && (
        <RevokeAction item={{ ...item, kind }} onOpen={onOpen} />
      )}
    </>
  );
}

function DevicesAction({ remedy }: { readonly remedy: Remedy }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="small" onClick={() => setOpen(true)}>
        {words[remedy.verb].button}
      </button>
      {isOpen && <ActDialog remedy={remedy} onClose={() => setOpen(false)} />}
    </>
  );
}

function remedyOf({ kind, device, compatible, channel }: AttentionJson): Remedy | null {
  switch (kind) {
    case 'waiting':
      return {
        verb: 'admit',
        filter: { waiting: 'true' },
        isMeant: ({ admission }) => admission === 'waiting',
      };
    case 'second-board':
      return { verb: 'clear', filter: { second_board: 'true' }, isMeant: ({ id }) => id === device };
    case 'failed':
    case 'rolled-back':
    case 'rejected':
    case 'interrupted':
      return {
        verb: 'clear',
        filter: { state: kind, compatible, channel },
        isMeant: ({ installation }) => installation !== null && isToClear(installation),
      };
    default:
      return null;
  }
}

/** Lists the devices, and acts on exactly those that it has listed. */
function ActDialog({ remedy, onClose }: { readonly remedy: Remedy; readonly onClose: () => void }) {
  const { verb, filter, isMeant } = remedy;
  // The list that a person agrees to must not change meanwhile.
  const data = useData<DevicePageJson>(apiPath('/api/devices', { ...filter, limit: maxDevices }), {
    isStale: () => false,
  });
  const ids = (data.value?.devices ?? []).filter(isMeant).map(({ id }) => id);

  async function act(): Promise<void> {
    const { done, failed, notTried } = await actOnDevices({ verb, ids });
    const [first] = failed;
    if (first !== undefined) {
      const undone = failed.length + notTried.length;
      throw new Failure(words.partly(formatCount(undone), first.id, first.message), 0, 'conflict');
    }
    tell(text.devices.verbs[verb].done(done.length));
  }

  return (
    <FormDialog
      title={words[verb].title}
      action={text.devices.verbs[verb].action}
      isReady={ids.length > 0}
      onSubmit={act}
      onClose={onClose}
    >
      <p>{words[verb].what}</p>
      <Loaded data={data}>
        {({ next }) => (
          <>
            <p class="break">{named(ids)}</p>
            {next !== null && <p class="muted">{words.first(formatCount(maxDevices))}</p>}
          </>
        )}
      </Loaded>
    </FormDialog>
  );
}

function named(ids: readonly string[]): string {
  if (ids.length === 0) return words.none;
  const shown = ids.slice(0, maxNamed).join(', ');
  const others = ids.length - maxNamed;
  return others > 0 ? words.others(shown, formatCount(others)) : shown;
}
