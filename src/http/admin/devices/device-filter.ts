import type { DeviceFilterQuery } from '../../../contract/device';
import { timeOrAgo } from '../../../core/time-or-ago';
import type { DeviceFilter } from '../../../ports/fleet-queries';
import { defined } from '../kernel/service-request';

/** The devices that a request selects. */
export function toDeviceFilter(asked: DeviceFilterQuery, now: Date): DeviceFilter {
  const { held, pinned, waiting, release, last_contact_before: before, ...others } = asked;
  const { second_board: second, other_compatible: claim, silent_poller: silent, ...filters } = others;
  return defined({
    ...filters,
    isHeld: held,
    isPinned: pinned,
    isWaiting: waiting,
    hasSecondBoard: second,
    hasOtherClaim: claim,
    hasSilentPoller: silent,
    releaseId: release,
    lastContactBefore: before === undefined ? undefined : timeOrAgo(before, now),
  });
}
