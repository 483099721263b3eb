import type { Bundle } from '../../core/bundle';
import type { Contact } from '../../core/contact';
import { judgeNext } from '../../core/follow-numbers';
import type { DeviceDraft } from '../devices/device-draft';
import { changed } from '../devices/installation-events';

/**
 * Whether a device that follows numbers continues with its earlier bundle instead of an offer. The earlier one may be cancelled.
 */
export function continuesEarlierBundle(
  bundle: Bundle,
  draft: DeviceDraft,
  { at, address }: Pick<Contact, 'at' | 'address'>,
): boolean {
  const { device, installation } = draft.record;
  const { waits, change } = judgeNext(installation, bundle);
  if (installation !== null && change !== null) {
    const actor = { name: `device:${device.id}`, address };
    const cancelled = changed(installation, change, { at, actor });
    draft.change(cancelled.installation, cancelled.events);
  }
  return waits;
}
