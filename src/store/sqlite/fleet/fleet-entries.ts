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
  /** Whether something about a device is not on disk, so that it must stay in memory. */
  readonly isBusy: (entry: Entry) => boolean;
}

/** Devices that stay in memory after they were heard. */
const maxRemembered = 100_000;
/** So many that were used stay, at the most, while one that was not is looked for: nobody waits for a walk through all of them. */
const maxSpared = 8;

/** The devices in memory: those heard recently; others are read when they make contact. */
export class FleetEntries {
  /**
   * In the order in which they came, or were spared when another one left: to put each at the end when it is used would make garbage of
   * the whole table again and again.
   */
  readonly #entries = new Map<string, Entry>();
  readonly #slabs = new ByteSlabs();
  readonly #unpacked = new UnpackedRecords(() => this.#entries.size);
  /** Devices being read, once for all concurrent callers. */
  readonly #reads = new Map<string, Promise<Entry | undefined>>();
  /** Those that changed on disk meanwhile. */
  readonly #outdated = new Set<string>();

  constructor(
    private readonly ports: EntryPorts,
    private readonly max = maxRemembered,
  ) {}

  /** One that is in memory, which counts as a use. */
  lately(id: string): Entry | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined) known.wasUsed = true;
    return known;
  }

  /** Where it is not in memory, it is read. What became of it until the promise resolves, is in what it resolves with. */
  async find(id: string): Promise<Entry | undefined> {
    return this.lately(id) ?? (await this.#read(id));
  }

  /** @throws DomainError `not-found` */
  async get(id: string): Promise<Entry> {
    const entry = await this.find(id);
    if (entry === undefined) throw DomainError.of('no-such-device', { id: id.slice(0, 80) });
    return entry;
  }

  /** Only one that is in memory. */
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

  /** A device has changed on disk: who is reading it reads it again. */
  changedOnDisk(id: string): void {
    if (this.#reads.has(id)) this.#outdated.add(id);
  }

  /** Shows and counts an installation as it is by now. @param before how it was; `null` for a new one */
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
    return this.#entries.get(id) ?? read; // somebody may have made it meanwhile
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
