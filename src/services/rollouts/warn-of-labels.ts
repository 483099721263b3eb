import { circumstance } from '../../core/circumstances/catalogue';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Finding } from '../../core/inspection';
import type { Release } from '../../core/release';
import type { FleetListing } from '../../ports/fleet-queries';

/** A page takes a few milliseconds, in which nothing else is answered. */
const pageSize = 500;

/** Warns about each step for a label that no device of the channel has, such as a mistyped one. */
export async function warnOfLabels(
  listing: Pick<FleetListing, 'labelledDevices'>,
  { compatible, channel, rollout }: Pick<Release, 'compatible' | 'channel' | 'rollout'>,
): Promise<readonly Finding[]> {
  const warnings: Finding[] = [];
  for (const step of rollout.policy.steps) {
    if (step.kind !== 'group' || (await isFollowed(step.label))) continue;
    const message = circumstance('label-without-devices', { compatible, channel, label: step.label });
    warnings.push({ code: 'label-without-devices', message });
  }
  return warnings;

  /** One that has not told its compatible yet may be of this one. */
  async function isFollowed(label: string): Promise<boolean> {
    for (let afterId = ''; ;) {
      const page = await listing.labelledDevices({ label, afterId, limit: pageSize });
      const isThere = page.some(
        (device) =>
          device.channel === channel && (device.compatible === null || device.compatible === compatible),
      );
      if (isThere) return true;
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return false;
      afterId = last.id;
      await nextTurn();
    }
  }
}
