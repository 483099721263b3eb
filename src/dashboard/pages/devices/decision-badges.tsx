import type { DeviceJson } from '../../../contract/device';
import { StateBadge } from '../../parts/badge';
import { isRefused } from '../../../contract/device-state';
import { text } from '../../texts';
import { whyWords } from '../../why-words';

/** What people decided about a device, or still have to decide. */
export function DecisionBadges({ device }: { readonly device: DeviceJson }) {
  const { hold, pin, admission } = device;
  return (
    <>
      {hold !== null && <StateBadge state="held" title={text.devices.heldBy(hold.by, whyWords(hold))} />}
      {pin !== null && <StateBadge state="pinned" title={text.devices.pinnedTo(pin.bundle)} />}
      {isRefused(device) && <StateBadge state="refused" title={text.devices.refusedBy} />}
      {admission === 'waiting' && <StateBadge state="waiting" />}
    </>
  );
}
