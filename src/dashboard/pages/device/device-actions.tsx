import { useState } from 'preact/hooks';
import type { DeviceTokenStateJson } from '../../../contract/device-token';
import { cancellableStates } from '../../../core/installation-states';
import { may } from '../../api/session';
import { CreateDeviceToken } from '../../parts/device-token/token-dialogs';
import { Icon } from '../../parts/icon';
import { Menu } from '../../parts/menu';
import { text } from '../../texts';
import type { Data } from '../../use-data';
import { carryOutNow, type Subject } from './deed';
import { CancelDialog, ChannelDialog, HoldDialog, NotesDialog, PinDialog } from './device-dialogs';
import { ForgetDialog } from './forget-dialog';
import { KitDialog } from './kit-dialog';

const dialogs = {
  hold: HoldDialog,
  pin: PinDialog,
  channel: ChannelDialog,
  notes: NotesDialog,
  cancel: CancelDialog,
  kit: KitDialog,
  forget: ForgetDialog,
} as const;

interface DeviceActionsProps extends Subject {
  /** The device's token as a client of hawkBit. */
  readonly token: Data<DeviceTokenStateJson>;
}

/** What people can do to a device. Actions that need no input are applied at once and can be undone. */
export function DeviceActions({ device, onChange, token }: DeviceActionsProps) {
  const [asking, setAsking] = useState<keyof typeof dialogs | 'token' | null>(null);
  const { one } = text.devices;
  const { id, hold, pin, admission, installation } = device;
  const subject = { device, onChange };
  const Asking = asking === null || asking === 'token' ? null : dialogs[asking];
  if (!may('publish')) return null;
  return (
    <>
      {admission === 'waiting' && (
        <button
          type="button"
          class="primary"
          onClick={() => carryOutNow(subject, 'admit', one.done.admitted(id))}
        >
          {one.admit}
        </button>
      )}
      {hold === null ? (
        <button type="button" onClick={() => setAsking('hold')}>
          {one.hold}
        </button>
      ) : (
        <button type="button" onClick={() => carryOutNow(subject, 'unhold', one.done.liftedHold(id))}>
          {one.liftHold}
        </button>
      )}
      {pin === null ? (
        <button type="button" onClick={() => setAsking('pin')}>
          {one.pin}
        </button>
      ) : (
        <button type="button" onClick={() => carryOutNow(subject, 'unpin', one.done.unpinned(id))}>
          {one.unpin}
        </button>
      )}
      <Menu label={one.actions} summary={<Icon name="more" />}>
        <button type="button" onClick={() => setAsking('channel')}>
          {one.changeChannel}
        </button>
        <button type="button" onClick={() => setAsking('notes')}>
          {one.editNotes}
        </button>
        <button type="button" onClick={() => carryOutNow(subject, 'clear', one.done.cleared(id))}>
          {one.clear}
        </button>
        {installation !== null && cancellableStates.some((state) => state === installation.state) && (
          <button type="button" onClick={() => setAsking('cancel')}>
            {one.cancel}
          </button>
        )}
        {may('admin') && (
          <>
            <button type="button" onClick={() => setAsking('kit')}>
              {one.kit}
            </button>
            {token.value?.exists === false && (
              <button type="button" onClick={() => setAsking('token')}>
                {text.deviceTokens.create}
              </button>
            )}
            <button type="button" class="danger" onClick={() => setAsking('forget')}>
              {one.forget}
            </button>
          </>
        )}
      </Menu>
      {Asking !== null && <Asking subject={subject} onClose={() => setAsking(null)} />}
      {asking === 'token' && (
        <CreateDeviceToken holder={id} onDone={token.reload} onClose={() => setAsking(null)} />
      )}
    </>
  );
}
