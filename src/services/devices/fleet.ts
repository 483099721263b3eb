import { SerialQueue } from '../../base/collections/serial-queue';
import type { Device } from '../../core/device';
import { DomainError } from '../../core/errors';
import type { NewEvent } from '../../core/event';
import { type Installation, keptInstallations, maxInstallationId } from '../../core/installation';
import { DeviceLines } from './device-lines';
import { addEvents, type Entry, isUnsaved, newEntry, withInstallation } from './fleet-entry';
import type { DeviceDecisions, DeviceRecord, DeviceRecords } from '../../ports/devices';
import { FleetWriter } from './fleet-writer';
import type { Log } from '../../ports/log';
import { ReleaseCounters } from './release-counters';
import { LastSeenUpdates } from './last-seen-updates';
import type { Clock } from '../../ports/clock';

export interface FleetPorts {
  readonly devices: DeviceRecords;
  /** Releases that are current at the start. */
  readonly releaseIds: readonly number[];
  readonly log: Log;
  /** No offer stands for longer, in milliseconds. */
  readonly offerLifetimeMs: number;
  readonly now: Clock;
  /** How long the server is there, in milliseconds: it grows evenly, also where its clock is set. */
  readonly ageMs: () => number;
  /** Hears of a device whose lines of the journal are counted rather than written. */
  readonly onRepeats?: (deviceId: string) => void;
}

/** What changes about a device. */
export interface FleetChange {
  /** The device after a contact. */
  readonly device?: Device;
  /** Installations after the change, new or old; only the latest and what is on its way to the disk may change. */
  readonly installations?: readonly Installation[];
  readonly events?: readonly NewEvent[];
}

/** Devices that stay in memory after they were heard. */
const maxRemembered = 100_000;
/** So often is a person's decision made again because the device went on in the same moment. */
const maxRounds = 5;

/**
 * The devices, as they are answered: those heard lately are in memory, the others are read when they come. Every change is
 * seen here first and written right after, each device's in order; a write that fails is tried again, so that a full disk or
 * a locked database leaves no device without an answer.
 */
export class Fleet {
  readonly counters: ReleaseCounters;
  /** In the order of last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #writer: FleetWriter;
  readonly #lastSeenUpdates: LastSeenUpdates;
  readonly #lines: DeviceLines;
  #lastInstallationId: number;
  readonly #decisions = new SerialQueue();

  constructor(private readonly ports: FleetPorts) {
    const { devices, releaseIds, now } = ports;
    this.counters = new ReleaseCounters(devices.counts(releaseIds, now()), ports);
    this.#writer = new FleetWriter(devices, ports.log);
    this.#lastSeenUpdates = new LastSeenUpdates(devices);
    this.#lines = new DeviceLines(ports.onRepeats);
    this.#lastInstallationId = devices.lastInstallationId();
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
    const record: DeviceRecord = {
      device,
      installation: null,
      failures: new Map(),
      interruptions: new Map(),
    };
    this.#remember(device.id, newEntry(record));
    this.change(device.id, { device, events });
    return record;
  }

  /** Changes a device that is known, at once in memory and soon on disk. */
  change(id: string, { device, installations = [], events = [] }: FleetChange): DeviceRecord {
    const entry = this.#get(id);
    const { unsaved } = entry;
    if (installations.length > 0) entry.revision += 1;
    if (device !== undefined) unsaved.hasContact = true;
    for (const changed of installations) {
      const installation =
        changed.id === entry.record.installation?.id
          ? this.#lastSeenUpdates.withBytes(entry, changed)
          : changed;
      const before = unsaved.installations.get(installation.id) ?? this.#before(entry, installation);
      unsaved.installations.set(installation.id, installation);
      this.#apply(entry, before, installation);
    }
    addEvents(unsaved, this.#lines.take(id, events));
    if (device !== undefined) entry.record = { ...entry.record, device };
    if (isUnsaved(unsaved)) this.#writer.save(entry);
    return entry.record;
  }

  /** Notes a contact that tells nothing new: it is written with others, at most once a second. */
  seen(id: string, device: Device): DeviceRecord {
    const entry = this.#get(id);
    entry.record = { ...entry.record, device };
    this.#lastSeenUpdates.seen(entry);
    return entry.record;
  }

  /**
   * Notes that the latest installation is as it was, and was told of again: as a contact that tells nothing new. State, attempt
   * and message stay.
   */
  renewed(id: string, installation: Installation): DeviceRecord {
    const entry = this.#get(id);
    const before = entry.record.installation;
    entry.record = { ...entry.record, installation: this.#lastSeenUpdates.withBytes(entry, installation) };
    const isToldAgain =
      before?.polls !== installation.polls || before.offerEndsAt !== installation.offerEndsAt;
    if (isToldAgain) this.counters.renew(installation);
    this.#lastSeenUpdates.renewed(entry);
    return entry.record;
  }

  /** Counts payload bytes of the latest installation. */
  countBytes(id: string, count: number, at: Date): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) this.#lastSeenUpdates.countBytes(entry, count, at);
  }

  /** As {@link find}, with every byte that was counted so far. */
  findCounted(id: string): DeviceRecord | undefined {
    const entry = this.#entry(id);
    if (entry !== undefined) this.#lastSeenUpdates.settleBytes(entry);
    return entry?.record;
  }

  /** Waits until a device's changes are on disk, for a while at the most. @returns whether they are */
  async settle(id: string): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return true;
    await this.#writer.savedInTime(entry);
    return !this.#writer.hasFailed(entry) && !isUnsaved(entry.unsaved);
  }

  /** Waits until a device's changes are on disk. @throws DomainError `storage-full`, `unavailable` when they are not */
  async commit(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    if (this.#writer.hasFailed(entry)) this.#writer.save(entry);
    await this.#writer.saved(entry);
    if (this.#writer.hasFailed(entry)) throw entry.failure;
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
    return this.#decisions.run(async () => {
      await this.commit(id); // its row is there
      const { device } = this.get(id);
      const decisions = decisionsOf({ ...device, ...change(device) });
      await this.ports.devices.decide(id, decisions, tell(device));
      return this.#showDecisions(id, decisions);
    });
  }

  /**
   * Makes a device that nobody knows.
   * @throws DomainError `conflict`, `storage-full`, `unavailable`
   */
  make(device: Device, events: readonly NewEvent[]): Promise<DeviceRecord> {
    const { id } = device;
    return this.#decisions.run(async () => {
      if (this.find(id) !== undefined) throw new DomainError('conflict', `there is a device ${id} already`);
      await this.ports.devices.write({ device, events });
      return this.#showDecisions(id, decisionsOf(device)); // it may have made its first contact in the same moment
    });
  }

  /**
   * Writes what a person decides about a device's installations, then shows it.
   * @param plan is asked again when the device went on in the same moment
   * @throws DomainError `not-found`, `storage-full`, `unavailable`, and what the plan throws
   */
  intervene(
    id: string,
    plan: (record: DeviceRecord) => Pick<FleetChange, 'installations' | 'events'>,
  ): Promise<DeviceRecord> {
    return this.#decisions.run(async () => {
      const told = new Set<string>();
      const written = new Map<
        number,
        { readonly before: Installation | null; readonly after: Installation }
      >();
      for (let round = 0; round < maxRounds; round += 1) {
        await this.commit(id);
        const entry = this.#get(id);
        const { revision } = entry;
        const { installations = [], events = [] } = plan(entry.record);
        for (const after of installations)
          written.set(after.id, { before: this.#before(entry, after), after });
        const untold = events.filter(({ message }) => !told.has(message));
        await this.ports.devices.write({ installations, events: untold });
        for (const { message } of untold) told.add(message);
        // What the device did meanwhile is written over this.
        if (entry.revision !== revision) continue;
        for (const { before, after } of written.values())
          this.#apply(entry, before, withSighted(after, entry.record.installation));
        return entry.record;
      }
      throw new DomainError('unavailable', `the device ${id} changes too fast`, { remedy: 'Try again.' });
    });
  }

  /**
   * Counts what a release's installations are at, for one that becomes current again: nobody has counted it since the start.
   * @throws DomainError `storage-full`, `unavailable` when changes of it can't be written
   */
  recount(releaseId: number): Promise<void> {
    return this.#decisions.run(async () => {
      const { devices, now } = this.ports;
      for (let round = 0; round < maxRounds; round += 1) {
        const revision = this.counters.revision(releaseId);
        for (const [id, entry] of [...this.#entries]) {
          if (entry.saving !== null || isUnsaved(entry.unsaved)) await this.commit(id);
        }
        if (this.counters.revision(releaseId) !== revision) continue; // what came meanwhile may not be written yet
        for (const counted of devices.counts([releaseId], now())) this.counters.set(counted);
        return;
      }
      throw new DomainError('unavailable', `the devices of release ${releaseId} change too fast`, {
        remedy: 'Try again.',
      });
    });
  }

  /** Removes a device. @throws DomainError `not-found`, `storage-full`, `unavailable` */
  forget(id: string, tell: (device: Device) => readonly NewEvent[]): Promise<void> {
    return this.#decisions.run(async () => {
      await this.commit(id);
      const { devices } = this.ports;
      const entry = this.#get(id);
      const installations = new Map(devices.installations(id, keptInstallations).map((one) => [one.id, one]));
      entry.isForgotten = true;
      try {
        await devices.forget(id, tell(entry.record.device));
      } catch (error) {
        entry.isForgotten = false;
        if (isUnsaved(entry.unsaved)) this.#writer.save(entry);
        throw error;
      }
      this.#entries.delete(id);
      this.#lines.forget(id);
      this.#lastSeenUpdates.forget(entry);
      const { installation } = entry.record;
      if (installation !== null) installations.set(installation.id, installation);
      for (const one of installations.values()) this.counters.forget(one);
    });
  }

  #showDecisions(id: string, decisions: DeviceDecisions): DeviceRecord {
    const entry = this.#get(id);
    entry.record = { ...entry.record, device: { ...entry.record.device, ...decisions } };
    return entry.record;
  }

  #apply(entry: Entry, before: Installation | null, after: Installation): void {
    this.counters.count(before, after);
    entry.record = withInstallation(entry.record, before, after);
  }

  /** Writes what is batched, and tries again what could not be written. Call it about once a second. */
  async flush(): Promise<void> {
    this.#tellRepeats(false);
    this.#writer.retry();
    await this.#lastSeenUpdates.write();
  }

  /** How many devices have changes that could not be written. */
  unsavedDevices(): number {
    return this.#writer.failed;
  }

  /** Waits for all writes. */
  async close(): Promise<void> {
    this.#tellRepeats(true);
    await this.#allSaved();
    await this.flush().catch((error: unknown) => {
      this.ports.log.error({ err: error }, 'what devices told last could not be written');
    });
    await this.#allSaved();
  }

  #tellRepeats(isLast: boolean): void {
    for (const [id, events] of this.#lines.due(this.ports.now(), isLast)) {
      const entry = this.#entry(id);
      if (entry === undefined) continue;
      addEvents(entry.unsaved, events);
      this.#writer.save(entry);
    }
  }

  async #allSaved(): Promise<void> {
    for (const entry of [...this.#entries.values()]) await this.#writer.saved(entry);
  }

  #before(entry: Entry, { id }: Installation): Installation | null {
    const { installation } = entry.record;
    if (installation?.id === id) return installation;
    return this.ports.devices.findInstallation(id) ?? null;
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
    const record = this.ports.devices.find(id);
    if (record === undefined) return undefined;
    const entry = newEntry(record);
    this.#remember(id, entry);
    return entry;
  }

  #remember(id: string, entry: Entry): void {
    this.#entries.set(id, entry);
    if (this.#entries.size <= maxRemembered) return;
    for (const [oldest, other] of this.#entries) {
      if (other.saving !== null || this.#lastSeenUpdates.has(other) || this.#writer.hasFailed(other))
        continue;
      this.#entries.delete(oldest);
      return;
    }
  }
}

function decisionsOf({ channel, labels, notes, admission, hold, pin }: Device): DeviceDecisions {
  return { channel, labels, notes, admission, hold, pin };
}

/** With what was seen of the same installation meanwhile. */
function withSighted(after: Installation, seen: Installation | null): Installation {
  if (seen?.id !== after.id) return after;
  const { bytesSent, polls, offerEndsAt, movedAt, silentPolls, signature } = seen;
  return { ...after, bytesSent, polls, offerEndsAt, movedAt, silentPolls, signature };
}

function noDevice(id: string): DomainError {
  return new DomainError('not-found', `there is no device ${JSON.stringify(id.slice(0, 80))}`, {
    remedy: 'List the devices to see their ids: one appears when it makes contact.',
  });
}
