import type { Bundle } from '../../core/bundle';
import type { Contact } from '../../core/contact';
import { isStarted, isUnsettled } from '../../core/installation-states';
import type { DeviceDraft } from '../devices/device-draft';
import { changed } from '../devices/installation-events';

/**
 * Continues what a device that follows numbers was given before (`ProtocolLimits.followsNumbers`), instead of an offer: an
 * attempt that is only downloading is called off first, and nothing is installed twice.
 * @returns whether the offer has to wait
 */
export function goesOnBefore(
  bundle: Bundle,
  draft: DeviceDraft,
  { at, address }: Pick<Contact, 'at' | 'address'>,
): boolean {
  const { device, installation } = draft.record;
  if (installation === null || !isUnsettled(installation)) return false;
  const { state, sha256, installedAt, progressPercent } = installation;
  if (sha256 === bundle.sha256) return installedAt !== null || isStarted(installation);
  if (installedAt !== null || !isStarted(installation)) return false;
  if (state === 'cancelling' || progressPercent !== null) return true;
  const change = { state: 'cancelling', message: `${bundle.name} takes its place` } as const;
  const actor = { name: `device:${device.id}`, address };
  const calledOff = changed(installation, change, { at, actor });
  draft.change(calledOff.installation, calledOff.events);
  return true;
}
