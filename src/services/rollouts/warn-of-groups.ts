import { circumstance } from '../../core/circumstances/catalogue';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Finding } from '../../core/inspection';
import type { Release } from '../../core/release';
import { formatAttribute } from '../../core/told-text';
import type { FleetListing } from '../../ports/fleet-queries';

/** A page takes a few milliseconds, during which nothing else is answered. */
const pageSize = 500;

interface Followed {
  readonly compatible: string | null;
  readonly channel: string;
}

/** Warns about each step for a label or an attribute that no device of the channel has, such as a mistyped one. */
export async function warnOfGroups(
  listing: Pick<FleetListing, 'labelledDevices' | 'walk'>,
  { compatible, channel, rollout }: Pick<Release, 'compatible' | 'channel' | 'rollout'>,
): Promise<readonly Finding[]> {
  const warnings: Finding[] = [];
  for (const step of rollout.policy.steps) {
    if (step.kind === 'group' && !(await isLabelled(step.label))) {
      const message = circumstance('label-without-devices', { compatible, channel, label: step.label });
      warnings.push({ code: 'label-without-devices', message });
    }
    if (step.kind === 'attribute' && !(await isTold(step))) {
      const attribute = formatAttribute(step);
      const message = circumstance('attribute-without-devices', { compatible, channel, attribute });
      warnings.push({ code: 'attribute-without-devices', message });
    }
  }
  return warnings;

  /** A device that has not reported its compatible yet may have this one. */
  function follows(device: Followed): boolean {
    return device.channel === channel && (device.compatible === null || device.compatible === compatible);
  }

  async function isLabelled(label: string): Promise<boolean> {
    for (let afterId = ''; ;) {
      const page = await listing.labelledDevices({ label, afterId, limit: pageSize });
      if (page.some(follows)) return true;
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return false;
      afterId = last.id;
      await nextTurn();
    }
  }

  /** No index covers attributes, so devices are searched a stretch at a time until one has it. */
  async function isTold({
    name,
    value,
  }: {
    readonly name: string;
    readonly value: string;
  }): Promise<boolean> {
    for (let afterId: string | null = ''; afterId !== null;) {
      const { devices, next } = await listing.walk({ channel, attribute: { name, value } }, afterId);
      if (devices.some(({ device }) => follows({ ...device, compatible: device.facts.compatible })))
        return true;
      afterId = next;
      await nextTurn();
    }
    return false;
  }
}
