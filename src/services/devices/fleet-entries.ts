import { DomainError } from '../../core/errors';
import type { Installation } from '../../core/installation';
import type { DeviceRecords } from '../../ports/devices';
import { type Entry, newEntry, withInstallation } from './fleet-entry';
import type { ReleaseCounters } from './release-counters';

export interface EntryPorts {
  readonly devices: Pick<DeviceRecords, 'find' | 'findInstallation'>;
  readonly counters: ReleaseCounters;
  /** Whether something about a device is not on disk, so that it must stay in memory. */
  readonly isBusy: (entry: Entry) => boolean;
}

/** Devices that stay in memory after they were heard. */
const maxRemembered = 100_000;

/** The devices in memory: those heard lately; the others are read when they come. */
export class FleetEntries {
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly ports: EntryPorts) {}

  find(id: string): Entry | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined) {
      this.#entries.delete(id); // put at the end
      this.#entries.set(id, known);
      return known;
    }
    const record = this.ports.devices.find(id);
    if (record === undefined) return undefined;
    const entry = newEntry(record);
    this.add(entry);
    return entry;
  }

  /** @throws DomainError `not-found` */
  get(id: string): Entry {
    const entry = this.find(id);
    if (entry === undefined)
      throw new DomainError('not-found', `there is no device ${JSON.stringify(id.slice(0, 80))}`, {
        remedy: 'List the devices to see their ids: one appears when it makes contact.',
      });
    return entry;
  }

  /** Only one that is in memory. */
  peek(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  all(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  add(entry: Entry): void {
    this.#entries.set(entry.record.device.id, entry);
    if (this.#entries.size <= maxRemembered) return;
    for (const [oldest, other] of this.#entries) {
      if (this.ports.isBusy(other)) continue;
      this.#entries.delete(oldest);
      return;
    }
  }

  delete(id: string): void {
    this.#entries.delete(id);
  }

  /** @returns how an installation is before it changes; `null` for a new one */
  before({ record }: Entry, { id }: Installation): Installation | null {
    if (record.installation?.id === id) return record.installation;
    return this.ports.devices.findInstallation(id) ?? null;
  }

  /** Shows and counts an installation as it is by now. */
  show(entry: Entry, before: Installation | null, after: Installation): void {
    this.ports.counters.count(before, after);
    entry.record = withInstallation(entry.record, before, after);
  }
}
