import type { DeviceJson } from '../../../contract/device';
import { isRefused } from '../../parts/device-state';
import { Hint } from '../../parts/notices';
import { text } from '../../texts';

/** What people have to know before anything else on the page. */
export function DeviceHints({ device }: { readonly device: DeviceJson }) {
  const { hold, pin, admission, first_contact_at: firstContactAt } = device;
  const { second_board: second, claimed_compatible: claimed, poller_omits: omits } = device;
  const { one } = text.devices;
  return (
    <>
      {admission === 'waiting' && <Hint tone="warn">{one.waiting}</Hint>}
      {hold !== null && <Hint tone="warn">{one.held(hold.by, hold.reason)}</Hint>}
      {pin !== null && <Hint tone="info">{one.pinned(pin.bundle, pin.by)}</Hint>}
      {isRefused(device) && <Hint tone="bad">{one.revoked(device.id)}</Hint>}
      {second !== null && <Hint tone="warn">{one.secondBoard}</Hint>}
      {claimed !== null && (
        <Hint tone="warn">{one.otherCompatible(claimed, device.certificate_compatibles.join(', '))}</Hint>
      )}
      {omits !== null && omits.length > 0 && <Hint tone="warn">{one.silentPoller(omits.join(';'))}</Hint>}
      {firstContactAt === null && (
        <Hint tone="info">
          {one.silent} {one.silentHint}
        </Hint>
      )}
    </>
  );
}
