import { useState } from 'preact/hooks';
import type { AttentionJson } from '../../../contract/attention';
import type { DeviceJson } from '../../../contract/device';
import { Failure, get } from '../../api/client';
import { formatCount } from '../../format';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { ShowingDialog } from '../../parts/dialog';
import { attempt } from '../../parts/notices';
import { text } from '../../texts';
import type { OpenDialog } from '../certificates/certificate-dialogs';
import { placeOf } from './attention-place';

const words = text.certificates;
const { act } = text.overview;

interface RevokeActionProps {
  readonly item: AttentionJson & { readonly kind: 'lost' | 'silent' | 'second-board' };
  readonly onOpen: (dialog: OpenDialog) => void;
}

/**
 * For devices that were lost or stolen, or whose certificate is on two boards; nothing once their certificates are
 * revoked.
 */
export function RevokeAction({ item, onOpen }: RevokeActionProps) {
  const { count, device, devices = device === undefined ? [] : [device], revoked = [] } = item;
  const left = devices.filter((id) => !revoked.includes(id));
  const [only] = devices;
  if (left.length === 0 && devices.length === count) return null;
  if (only !== undefined && count === 1) return <RevokeButton device={only} onOpen={onOpen} />;
  return <RevokeMany item={item} devices={devices} revoked={revoked} onOpen={onOpen} />;
}

interface RevokeManyProps extends RevokeActionProps {
  readonly devices: readonly string[];
  readonly revoked: readonly string[];
}

function RevokeMany({ item, devices, revoked, onOpen }: RevokeManyProps) {
  const [isOpen, setOpen] = useState(false);
  const title = act.revokeTitle[item.kind];
  const open = (dialog: OpenDialog) => {
    setOpen(false);
    onOpen(dialog);
  };
  return (
    <>
      <button type="button" class="small danger" aria-label={title} onClick={() => setOpen(true)}>
        {words.revoke}
      </button>
      {isOpen && (
        <ShowingDialog title={title} onClose={() => setOpen(false)}>
          <p>{act.revokeWhat}</p>
          <ul class="rows" aria-label={text.overview.devices}>
            {devices.map((device) => (
              <li key={device} class="attention">
                <a href={linkTo('devices', device)}>{device}</a>
                {revoked.includes(device) ? (
                  <StateBadge state="revoked" />
                ) : (
                  <RevokeButton device={device} onOpen={open} />
                )}
              </li>
            ))}
          </ul>
          {item.count > devices.length && (
            <p>
              <a href={placeOf(item)}>{act.all(formatCount(item.count))}</a>
            </p>
          )}
        </ShowingDialog>
      )}
    </>
  );
}

interface RevokeButtonProps {
  readonly device: string;
  readonly onOpen: (dialog: OpenDialog) => void;
}

/** Revokes the certificate that a device used last. */
function RevokeButton({ device, onOpen }: RevokeButtonProps) {
  async function open(): Promise<void> {
    const { certificates } = await get<DeviceJson>(linkTo('api', 'devices', device));
    const [used] = certificates
      .filter(({ revoked_at: at }) => at === null)
      .sort((a, b) => Date.parse(b.last_seen_at) - Date.parse(a.last_seen_at));
    if (used === undefined) throw new Failure(act.noCertificate(device), 0, 'not-found');
    onOpen({ kind: 'revoke', certificate: { device, serial: used.serial } });
  }
  return (
    <button
      type="button"
      class="small danger"
      aria-label={words.revokeUsedBy(device)}
      onClick={() => void attempt(open, null)}
    >
      {words.revoke}
    </button>
  );
}
