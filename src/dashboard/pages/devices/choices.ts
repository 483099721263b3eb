import { compareNaturally } from '../../../base/text/natural-order';
import type { FleetJson } from '../../../contract/fleet';

/** An entry of a filter's menu. */
export interface Choice {
  readonly value: string;
  readonly devices: number | null;
}

type Facet = 'compatible' | 'channel' | 'system_version' | 'state';

/** The values that occur in the fleet, most frequent first. */
export function choicesOf(fleet: FleetJson | null, facet: Facet): readonly Choice[] {
  const counts = new Map<string, number>();
  for (const count of fleet?.counts ?? []) {
    const value = count[facet];
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + count.devices);
  }
  return [...counts]
    .map(([value, devices]) => ({ value, devices }))
    .sort((a, b) => b.devices - a.devices || compareNaturally(a.value, b.value));
}
