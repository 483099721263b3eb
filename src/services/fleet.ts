import type { Device } from '../core/device';
import { DomainError } from '../core/errors';
import type { NewEvent } from '../core/event';
import { type Installation, isFailure, keptInstallations, maxInstallationId } from '../core/installation';
import type { DeviceDecisions, DeviceRecord, FleetRecords } from './fleet-records';
import type { Log } from './log';
import { ReleaseCounters } from './release-counters';

export interface FleetPorts {
  readonly records: FleetRecords;
  /** Releases that are current at the start. */
  readonly releaseIds: readonly number[];
  readonly log: Log;
  readonly now: () => Date;
}

/** What changes about a device. */
export interface FleetChange {
  /** The device after a contact. */
  readonly device?: Device;
  /** Installations after the change, new or old; only the latest and what is on its way to the disk may change. */
  readonly installations?: readonly Installation[];
  readonly events?: readonly NewEvent[];
}

/** What is on its way to the disk. */
interface Unsaved {
  hasContact: boolean;
  readonly installations: Map<number, Installation>;
  readonly events: NewEvent[];
}

interface Entry {
  record: DeviceRecord;
  unsaved: Unsaved;
  /** The write that runs; what changes meanwhile waits for the next one. */
  saving: Promise<void> | null;
  /** Why the last write failed. */
  failure: unknown;
  /** It is being forgotten: what it tells meanwhile is not kept. */
  isForgotten: boolean;
}

/** Devices that stay in memory after they were heard. */
const maxRemembered = 100_000;
/** A device is not kept waiting longer for the disk: it is answered from what is known. */
const patienceMs = 1_000;
/** Contacts that are written in one go: more would keep everybody else waiting. */
const maxSeenAtOnce = 1_000;
/** While nothing can be written, a device's lines of the journal beyond so many are dropped. */
const maxUnsavedEvents = 50;

/**
 * The devices, as they are answered: those heard lately are in memory, the others are read when they come. Every change is
 * seen here first and written right after, each device's in order; a write that fails is tried again, so that a full disk or
 * a locked database leaves no device without an answer.
 */
export class Fleet {
  readonly counters: ReleaseCounters;
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #seen = new Set<Entry>();
  /** Those of the seen whose latest installation goes with them. */
  readonly #renewed = new Set<Entry>();
  readonly #failed = new Set<Entry>();
  readonly #bytes = new Map<Entry, number>();
  #lastInstallationId: number;
  #lastDecision: Promise<unknown> = Promise.resolve();

  constructor(private readonly ports: FleetPorts) {
    const { records, releaseIds, now } = ports;
    this.counters = new ReleaseCounters(records.counts(releaseIds, now()), now);
    this.#lastInstallationId = records.lastInstallationId();
  }

  find(id: string): DeviceRecord | undefined {
    return this.#entry(id)?.record;
  }

  /** @throws DomainError `not-found` */
  get(id: string): DeviceRecord {
    const record = this.find(id);
    if (record === undefined) throw noDevice(id);
    return record;
  }

  /** @throws DomainError `unavailable` after two thousand million installations */
  nextInstallationId(): number {
    if (this.#lastInstallationId >= maxInstallationId)
      throw new DomainError('unavailable', 'there are no numbers left for installations');
    return ++this.#lastInstallationId;
  }

  /** Adds a device. Call {@link commit} or {@link settle} to wait for the disk. */
  add(device: Device, events: readonly NewEvent[]): DeviceRecord {
    const record: DeviceRecord = { device, installation: null, failures: new Map() };
    this.#remember(device.id, newEntry(record));
    this.change(device.id, { device, events });
    return record;
  }

  /** Changes a device that is known, at once in memory and soon on disk. */
  change(id: string, { device, installations = [], events = [] }: FleetChange): DeviceRecord {
    const entry = this.#get(id);
    const { unsaved } = entry;
    if (device !== undefined) unsaved.hasContact = true;
    for (const changed of installations) {
      const installation =
        changed.id === entry.record.installation?.id ? this.#withBytes(entry, changed) : changed;
      const before = unsaved.installations.get(installation.id) ?? this.#before(entry, installation);
      this.counters.count(before, installation);
      unsaved.installations.set(installation.id, installation);
      entry.record = withInstallation(entry.record, before, installation);
    }
    unsaved.events.push(...events);
    if (unsaved.events.length > maxUnsavedEvents)
      unsaved.events.splice(0, unsaved.events.length - maxUnsavedEvents);
    if (device !== undefined) entry.record = { ...entry.record, device };
    this.#save(entry);
    return entry.record;
  }

  /** Notes a contact that tells nothing new: it is written with others, at most once a second. */
  seen(id: string, device: Device): DeviceRecord {
    const entry = this.#get(id);
    entry.record = { ...entry.record, device };
    this.#seen.add(entry);
    return entry.record;
  }

  /**
   * Notes that the latest installation is as it was, and was told of again: as a contact that tells nothing new. State, attempt
   * and message stay.
   */
  renewed(id: string, installation: Installation): DeviceRecord {
    const entry = this.#get(id);
    const after = this.#withBytes(entry, installation);
    this.counters.count(entry.record.installation, after);
    entry.record = { ...entry.record, installation: after };
    this.#seen.add(entry);
    this.#renewed.add(entry);
    return entry.record;
  }

  /** Counts payload bytes of the latest installation. */
  countBytes(id: string, count: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#bytes.set(entry, (this.#bytes.get(entry) ?? 0) + count);
  }

  /** Waits until a device's changes are on disk, for a while at the most. @returns whether they are */
  async settle(id: string): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return true;
    if (entry.saving !== null) await this.#savedInTime(entry);
    return !this.#failed.has(entry) && !isUnsaved(entry.unsaved);
  }

  /** Waits until a device's changes are on disk. @throws DomainError `storage-full`, `unavailable` when they are not */
  async commit(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (this.#failed.has(entry)) this.#save(entry);
    await this.#saved(entry);
    if (this.#failed.has(entry)) throw entry.failure;
  }

  /**
   * Writes what a person decided, then shows it. One decision comes after the other, so that none undoes another.
   * @throws DomainError `not-found`, `storage-full`, `unavailable`
   */
  decide(
    id: string,
    change: (device: Device) => Partial<DeviceDecisions>,
    tell: (device: Device) => readonly NewEvent[],
  ): Promise<DeviceRecord> {
    return this.#oneByOne(async () => {
      await this.commit(id); // its row is there
      const { device } = this.get(id);
      const { channel, labels, notes, admission, hold, pin } = { ...device, ...change(device) };
      const decisions: DeviceDecisions = { channel, labels, notes, admission, hold, pin };
      await this.ports.records.decide(id, decisions, tell(device));
      const entry = this.#get(id);
      entry.record = { ...entry.record, device: { ...entry.record.device, ...decisions } };
      return entry.record;
    });
  }

  /** Removes a device. @throws DomainError `not-found`, `storage-full`, `unavailable` */
  forget(id: string, tell: (device: Device) => readonly NewEvent[]): Promise<void> {
    return this.#oneByOne(async () => {
      await this.commit(id);
      const { records } = this.ports;
      const entry = this.#get(id);
      const installations = new Map(records.installations(id, keptInstallations).map((one) => [one.id, one]));
      entry.isForgotten = true;
      try {
        await records.forget(id, tell(entry.record.device));
      } catch (error) {
        entry.isForgotten = false;
        if (isUnsaved(entry.unsaved)) this.#save(entry);
        throw error;
      }
      this.#entries.delete(id);
      this.#seen.delete(entry);
      this.#renewed.delete(entry);
      this.#bytes.delete(entry);
      const { installation } = entry.record;
      if (installation !== null) installations.set(installation.id, installation);
      for (const one of installations.values()) this.counters.forget(one);
    });
  }

  #oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#lastDecision.then(work);
    this.#lastDecision = done.catch(() => undefined);
    return done;
  }

  /** Writes what is batched, and tries again what could not be written. Call it about once a second. */
  async flush(): Promise<void> {
    for (const entry of [...this.#failed]) this.#save(entry);
    for (const entry of [...this.#bytes.keys()]) {
      const { installation } = entry.record;
      if (installation === null) continue;
      entry.record = { ...entry.record, installation: this.#withBytes(entry, installation) };
      this.#seen.add(entry);
      this.#renewed.add(entry);
    }
    const seen = [...this.#seen];
    for (let from = 0; from < seen.length; from += maxSeenAtOnce)
      await this.#writeSeen(seen.slice(from, from + maxSeenAtOnce));
  }

  async #writeSeen(entries: readonly Entry[]): Promise<void> {
    const seen = entries.filter((entry) => this.#seen.has(entry)); // not one that was forgotten meanwhile
    const renewed = new Set(seen.filter((entry) => this.#renewed.has(entry)));
    for (const entry of seen) {
      this.#seen.delete(entry);
      this.#renewed.delete(entry);
    }
    try {
      await this.ports.records.writeSeen(
        seen.map((entry) => ({
          device: entry.record.device,
          installation: renewed.has(entry) ? entry.record.installation : null,
        })),
      );
    } catch (error) {
      for (const entry of seen) this.#seen.add(entry);
      for (const entry of renewed) this.#renewed.add(entry);
      throw error;
    }
  }

  /** With the bytes that were counted since: they are its own, also when another comes after it. */
  #withBytes(entry: Entry, installation: Installation): Installation {
    const count = this.#bytes.get(entry) ?? 0;
    this.#bytes.delete(entry);
    return { ...installation, bytesSent: installation.bytesSent + count };
  }

  /** How many devices have changes that could not be written. */
  unsavedDevices(): number {
    return this.#failed.size;
  }

  /** Waits for all writes. */
  async close(): Promise<void> {
    await this.#allSaved();
    await this.flush().catch((error: unknown) => {
      this.ports.log.error({ err: error }, 'what devices told last could not be written');
    });
    await this.#allSaved();
  }

  async #allSaved(): Promise<void> {
    for (const entry of [...this.#entries.values()]) await this.#saved(entry);
  }

  #save(entry: Entry): void {
    if (entry.isForgotten) return;
    entry.saving ??= this.#write(entry).finally(() => {
      entry.saving = null;
      if (isUnsaved(entry.unsaved) && !this.#failed.has(entry)) this.#save(entry);
    });
  }

  async #write(entry: Entry): Promise<void> {
    const unsaved = entry.unsaved;
    entry.unsaved = nothingUnsaved();
    const { device, installation: latest } = entry.record;
    try {
      await this.ports.records.write({
        ...(unsaved.hasContact ? { device } : {}),
        // Bytes may have been counted since it changed.
        installations: [...unsaved.installations.values()].map((one) =>
          latest?.id === one.id ? latest : one,
        ),
        events: unsaved.events,
      });
      entry.failure = undefined;
      this.#failed.delete(entry);
    } catch (error) {
      entry.unsaved = putBack(unsaved, entry.unsaved);
      entry.failure = error;
      if (this.#failed.size === 0)
        this.ports.log.error(
          { err: error, device: entry.record.device.id },
          'devices are answered, but nothing can be written',
        );
      this.#failed.add(entry);
    }
  }

  async #savedInTime(entry: Entry): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([this.#saved(entry), timeout]);
    clearTimeout(timer);
  }

  async #saved(entry: Entry): Promise<void> {
    while (entry.saving !== null) await entry.saving;
  }

  #before(entry: Entry, { id }: Installation): Installation | null {
    const { installation } = entry.record;
    if (installation?.id === id) return installation;
    return this.ports.records.findInstallation(id) ?? null;
  }

  #get(id: string): Entry {
    const entry = this.#entry(id);
    if (entry === undefined) throw noDevice(id);
    return entry;
  }

  #entry(id: string): Entry | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined) {
      this.#entries.delete(id); // put at the end
      this.#entries.set(id, known);
      return known;
    }
    const record = this.ports.records.find(id);
    if (record === undefined) return undefined;
    const entry = newEntry(record);
    this.#remember(id, entry);
    return entry;
  }

  #remember(id: string, entry: Entry): void {
    this.#entries.set(id, entry);
    if (this.#entries.size <= maxRemembered) return;
    for (const [oldest, other] of this.#entries) {
      if (other.saving !== null || this.#seen.has(other) || this.#failed.has(other) || this.#bytes.has(other))
        continue;
      this.#entries.delete(oldest);
      return;
    }
  }
}

function newEntry(record: DeviceRecord): Entry {
  return { record, unsaved: nothingUnsaved(), saving: null, failure: undefined, isForgotten: false };
}

function nothingUnsaved(): Unsaved {
  return { hasContact: false, installations: new Map(), events: [] };
}

function isUnsaved({ hasContact, installations, events }: Unsaved): boolean {
  return hasContact || installations.size > 0 || events.length > 0;
}

/** What could not be written, and what came after it. */
function putBack(before: Unsaved, after: Unsaved): Unsaved {
  return {
    hasContact: before.hasContact || after.hasContact,
    installations: new Map([...before.installations, ...after.installations]),
    events: [...before.events, ...after.events].slice(-maxUnsavedEvents),
  };
}

function withInstallation(
  record: DeviceRecord,
  before: Installation | null,
  after: Installation,
): DeviceRecord {
  const isLatest = record.installation === null || after.id >= record.installation.id;
  const wasFailure = before !== null && isFailure(before) && before.clearedAt === null;
  const isNewFailure = isFailure(after) && after.clearedAt === null;
  const failures = new Map(record.failures);
  if (wasFailure !== isNewFailure) {
    const count = (failures.get(after.sha256) ?? 0) + (isNewFailure ? 1 : -1);
    if (count > 0) failures.set(after.sha256, count);
    else failures.delete(after.sha256);
  }
  return { ...record, failures, ...(isLatest ? { installation: after } : {}) };
}

function noDevice(id: string): DomainError {
  return new DomainError('not-found', `there is no device ${JSON.stringify(id.slice(0, 80))}`, {
    remedy: 'List the devices to see their ids: one appears when it makes contact.',
  });
}
