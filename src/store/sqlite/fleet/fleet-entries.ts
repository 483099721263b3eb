import { ByteSlabs } from '../../../base/bytes/byte-slabs';
import { type DeviceRecord, withInstallation } from '../../../core/device-record';
import { DomainError } from '../../../core/errors';
import type { Installation } from '../../../core/installation';
import { Entry } from './fleet-entry';
import type { FleetRecords } from './fleet-records';
import type { ReleaseCounters } from './release-counters';
import { UnpackedRecords } from './unpacked-records';

export interface EntryPorts {
  readonly devices: Pick<FleetRecords, 'find'>;
  readonly counters: ReleaseCounters;
  /** Whether a device has changes that are not on disk, so that it must stay in memory. */
  readonly isBusy: (entry: Entry) => boolean;
}

/** Devices that stay in memory after they were heard. */
const maxRemembered = 100_000;
/**
 * At most this many used devices are spared while an unused one is looked for, so that no one waits for a walk
 * through all of them.
 */
const maxSpared = 8;

/** The devices in memory: those heard recently. Others are read when they make contact. */
export class FleetEntries {
  /**
   * In the order of arrival, or of being spared when another one left. Moving each entry to the end on use would keep
   * turning the whole table into garbage.
   */
  readonly #entries = new Map<string, Entry>();
  readonly #slabs = new ByteSlabs();
  readonly #unpacked = new UnpackedRecords(() => this.#entries.size);
  /** Devices being read, once for all concurrent callers. */
  readonly #reads = new Map<string, Promise<Entry | undefined>>();
  /** Devices that changed on disk during that. */
  readonly #outdated = new Set<string>();

  constructor(
    private readonly ports: EntryPorts,
    private readonly max = maxRemembered,
  ) {}

  /** Returns a device from memory, which counts as a use. */
  recent(id: string): Entry | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined) known.wasUsed = true;
    return known;
  }

  /** Reads the device if it is not in memory. The result includes what changed before the promise resolved. */
  async find(id: string): Promise<Entry | undefined> {
    return this.recent(id) ?? (await this.#read(id));
  }

  /** @throws DomainError `not-found` */
  async get(id: string): Promise<Entry> {
    const entry = await this.find(id);
    if (entry === undefined) throw DomainError.of('no-such-device', { id: id.slice(0, 80) });
    return entry;
  }

  /** Returns a device only if it is in memory. */
  peek(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  all(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  add(record: DeviceRecord): Entry {
    const entry = new Entry(record, this.#unpacked, this.#slabs);
    this.#entries.set(entry.id, entry);
    if (this.#entries.size > this.max) this.#dropOldest(entry);
    return entry;
  }

  delete(id: string): void {
    this.#entries.get(id)?.leave();
    this.#entries.delete(id);
  }

  /** A device has changed on disk: reads in progress start over. */
  changedOnDisk(id: string): void {
    if (this.#reads.has(id)) this.#outdated.add(id);
  }

  /** Shows and counts an installation in its current state. @param before its previous state; `null` for a new one */
  show(entry: Entry, before: Installation | null, after: Installation): void {
    this.ports.counters.count(before, after);
    entry.record = withInstallation(entry.record, before, after);
  }

  #dropOldest(added: Entry): void {
    let spared = 0;
    for (const [oldest, entry] of this.#entries) {
      if (entry === added || this.ports.isBusy(entry)) continue;
      this.#entries.delete(oldest);
      if (!entry.wasUsed || spared >= maxSpared) {
        entry.leave();
        return;
      }
      entry.wasUsed = false;
      this.#entries.set(oldest, entry); // at the end
      spared += 1;
    }
  }

  async #read(id: string): Promise<Entry | undefined> {
    const reading = this.#reads.get(id) ?? this.#readNow(id);
    this.#reads.set(id, reading);
    const read = await reading;
    return this.#entries.get(id) ?? read; // it may have been created meanwhile
  }

  async #readNow(id: string): Promise<Entry | undefined> {
    try {
      for (;;) {
        this.#outdated.delete(id);
        const record = await this.ports.devices.find(id);
        const known = this.#entries.get(id);
        if (known !== undefined) return known;
        if (this.#outdated.has(id)) continue;
        if (record === undefined) return undefined;
        return this.add(record);
      }
    } finally {
      this.#reads.delete(id);
      this.#outdated.delete(id);
    }
  }
}
