import { remove } from '../../api/client';
import { goTo, linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { tell } from '../../parts/notices';
import { text } from '../../texts';
import type { DeviceDialogProps } from './device-dialogs';

/** Deletes what is known about a device. The dialog lists all of that, because deleting cannot be undone. */
export function ForgetDialog({ subject: { device }, onClose }: DeviceDialogProps) {
  const { one } = text.devices;
  const { id, hold, pin, labels, notes, installation, first_contact_at: firstContactAt } = device;
  const { forgetLoses: loses } = one;
  const lost = [
    firstContactAt === null ? null : loses.contact,
    installation === null ? null : loses.history,
    labels.length === 0 ? null : loses.labels(labels.join(', ')),
    notes === '' ? null : loses.notes,
    hold === null ? null : loses.hold,
    pin === null ? null : loses.pin(pin.bundle),
  ].filter((part) => part !== null);
  async function forget(): Promise<void> {
    await remove(linkTo('api', 'devices', id));
    tell(one.done.forgotten(id));
    goTo('/devices');
  }
  return (
    <FormDialog
      title={one.forgetTitle(id)}
      action={one.forgetAction}
      isDangerous
      onSubmit={forget}
      onClose={onClose}
    >
      {lost.length > 0 && (
        <div>
          <p>{one.forgetHint}</p>
          <ul class="bullets">
            {lost.map((part) => (
              <li key={part}>{part}</li>
            ))}
          </ul>
        </div>
      )}
      <p>{one.forgetBack}</p>
    </FormDialog>
  );
}
