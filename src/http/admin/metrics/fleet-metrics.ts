import { Counter, Gauge, type Registry } from 'prom-client';
import { type InstallationState, installationStates } from '../../../core/installation-states';
import type { FleetCount, FleetListing } from '../../../ports/fleet-queries';

export interface FleetFigures {
  readonly listFleet: Pick<FleetListing, 'census' | 'attention'>;
  readonly installationsReached: () => ReadonlyMap<InstallationState, number>;
}

/**
 * Devices report their version and compatible themselves: this many pairs have their own series, the rest share one.
 */
const maxKinds = 50;

/** Registers the figures of the fleet, counted at each scrape. */
export function registerFleetMetrics(
  register: Registry,
  { listFleet, installationsReached }: FleetFigures,
): void {
  const registers = [register];
  new Gauge({
    name: 'rauc_devices',
    help: 'Devices by compatible and running version; all but the most frequent pairs count as "other"',
    labelNames: ['compatible', 'version'] as const,
    registers,
    async collect() {
      const kinds = frequentKinds(await listFleet.census());
      this.reset();
      for (const { compatible, version, devices } of kinds) {
        this.set({ compatible, version }, devices);
      }
    },
  });
  new Gauge({
    name: 'rauc_devices_by_state',
    help: 'Devices by the state of their latest installation; "none" for devices without one',
    labelNames: ['state'] as const,
    registers,
    async collect() {
      const census = await listFleet.census();
      for (const state of [...installationStates, 'none']) this.set({ state }, 0);
      for (const { installationState, devices } of census) {
        this.inc({ state: installationState ?? 'none' }, devices);
      }
    },
  });
  new Gauge({
    name: 'rauc_devices_decided',
    help: 'Devices that are waiting for admission, held or pinned',
    labelNames: ['decision'] as const,
    registers,
    async collect() {
      const { waiting, held, pinned } = await listFleet.attention();
      for (const [decision, devices] of Object.entries({ waiting, held, pinned }))
        this.set({ decision }, devices);
    },
  });
  new Counter({
    name: 'rauc_installations_total',
    help: 'Installations that have reached this state since the server started',
    labelNames: ['state'] as const,
    registers,
    collect() {
      this.reset();
      const reached = installationsReached();
      for (const state of installationStates) this.inc({ state }, reached.get(state) ?? 0);
    },
  });
}

interface Kind {
  readonly compatible: string;
  readonly version: string;
  readonly devices: number;
}

/** The most frequent pairs, and one for the rest. What a device did not report is an empty label. */
function frequentKinds(counts: readonly FleetCount[]): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { compatible, systemVersion, devices } of counts) {
    const kind = { compatible: compatible ?? '', version: systemVersion ?? '' };
    const key = JSON.stringify(kind);
    kinds.set(key, { ...kind, devices: (kinds.get(key)?.devices ?? 0) + devices });
  }
  const sorted = [...kinds.values()].sort((a, b) => b.devices - a.devices);
  const rest = sorted.slice(maxKinds).reduce((sum, { devices }) => sum + devices, 0);
  const frequent = sorted.slice(0, maxKinds);
  return rest === 0 ? frequent : [...frequent, { compatible: 'other', version: 'other', devices: rest }];
}
