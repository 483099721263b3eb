import type { Device } from '../../../core/device';
import { type DeviceRecord, newcomer } from '../../../core/device-record';
import { DomainError } from '../../../core/errors';
import { maxInstallationId } from '../../../core/installation';
import type { InstallationState } from '../../../core/installation-states';
import type { DecideUpdate, DeviceUpdate, ReleaseNumbers } from '../../../ports/device-updates';
import type { Fleet, FleetOptions } from '../../../ports/fleet';
import { DeviceLines } from '../../device-lines';
import { SqliteFleetDecisions } from './fleet-decisions';
import { FleetEntries } from './fleet-entries';
import type { Entry } from './fleet-entry';
import type { FleetRecords, ReleaseCounts } from './fleet-records';
import { FleetWriter } from './fleet-writer';
import { LastSeenUpdates } from './last-seen-updates';
import { ReleaseCounters } from './release-counters';

/** No other process changes the catalog. */
export interface FleetPorts extends Omit<FleetOptions, 'catchUp'> {
  readonly devices: FleetRecords;
}

/**
 * The devices, as they are answered. Every change shows here first and is written right after, each device's in
 * order. A failed write is retried, so that a full disk or a locked database leaves no device without an answer.
 */
export class SqliteFleet implements Fleet {
  readonly decisions: SqliteFleetDecisions;
  readonly #counters: ReleaseCounters;
  readonly #entries: FleetEntries;
  readonly #writer: FleetWriter;
  readonly #lastSeenUpdates: LastSeenUpdates;
  readonly #lines: DeviceLines;
  #lastInstallationId: number;

  private constructor(
    private readonly ports: FleetPorts,
    found: { readonly counts: readonly ReleaseCounts[]; readonly lastInstallationId: number },
  ) {
    const { devices, log, now } = ports;
    this.#counters = new ReleaseCounters(found.counts, ports);
    this.#writer = new FleetWriter(devices, log);
    this.#lastSeenUpdates = new LastSeenUpdates(devices);
    this.#lines = new DeviceLines(ports.onRepeats);
    this.#lastInstallationId = found.lastInstallationId;
    this.#entries = new FleetEntries({
      devices,
      counters: this.#counters,
      isBusy: (entry) =>
        entry.saving !== null || this.#lastSeenUpdates.has(entry) || this.#writer.hasFailed(entry),
    });
    this.decisions = new SqliteFleetDecisions({
      devices,
      entries: this.#entries,
      counters: this.#counters,
      commit: (id) => this.#commit(id),
      save: (entry) => {
        this.#writer.save(entry);
      },
      saveContact: (entry) => {
        entry.unsaved.hasContact = true;
        this.#writer.save(entry);
      },
      drop: (entry) => {
        this.#lines.forget(entry.id);
        this.#lastSeenUpdates.forget(entry);
      },
      renewals: () => this.#lastSeenUpdates.renewals(),
      now,
    });
  }

  /** Opens the fleet, and counts the installations of the releases. @throws DomainError `unavailable` */
  static async open(ports: FleetPorts): Promise<SqliteFleet> {
    const { devices, releaseIds, now } = ports;
    const counts = await devices.counts(releaseIds, now());
    return new SqliteFleet(ports, { counts, lastInstallationId: await devices.lastInstallationId() });
  }

  recent(id: string): DeviceRecord | undefined {
    return this.#entries.recent(id)?.record;
  }

  lookUp(id: string): Promise<DeviceRecord | undefined> {
    return this.find(id);
  }

  async find(id: string): Promise<DeviceRecord | undefined> {
    return (await this.#entries.find(id))?.record;
  }

  async get(id: string): Promise<DeviceRecord> {
    return (await this.#entries.get(id)).record;
  }

  async update<Answer>(id: string, decide: DecideUpdate<Answer>): Promise<Answer> {
    const answer = await this.#update(id, decide);
    const entry = this.#entries.peek(id);
    if (entry !== undefined && entry.saving !== null) await this.#writer.savedInTime(entry);
    return answer;
  }

  async updateOnDisk<Answer>(id: string, decide: DecideUpdate<Answer>): Promise<Answer> {
    const answer = await this.#update(id, decide);
    await this.#commit(id);
    return answer;
  }

  countBytes(id: string, count: number, at: Date): void {
    const entry = this.#entries.peek(id);
    if (entry !== undefined) this.#lastSeenUpdates.countBytes(entry, count, at);
  }

  counting<Result>(use: (numbers: ReleaseNumbers) => Result): Promise<Result> {
    return Promise.resolve(use(this.#counters));
  }

  hasOffered(releaseId: number): boolean {
    return this.#counters.wasOffered(releaseId);
  }

  recount(releaseId: number): Promise<void> {
    return this.decisions.recount(releaseId);
  }

  reached(): ReadonlyMap<InstallationState, number> {
    return this.#counters.reached();
  }

  async flush(): Promise<void> {
    await this.#tellRepeats(false);
    this.#writer.retry();
    await this.#lastSeenUpdates.write();
  }

  unsavedDevices(): number {
    return this.#writer.failed;
  }

  async close(): Promise<void> {
    await this.#tellRepeats(true);
    await this.#allSaved();
    await this.flush().catch((error: unknown) => {
      this.ports.log.error({ err: error }, 'what devices told last could not be written');
    });
    await this.#allSaved();
  }

  /**
   * Reads what is known, decides, and applies the result. Nothing comes in between: once the device is in memory,
   * nothing waits.
   */
  #update<Answer>(id: string, decide: DecideUpdate<Answer>): Answer | Promise<Answer> {
    const known = this.#entries.recent(id);
    return known === undefined ? this.#readAndDecide(id, decide) : this.#decide(known, decide);
  }

  async #readAndDecide<Answer>(id: string, decide: DecideUpdate<Answer>): Promise<Answer> {
    const read = await this.#entries.find(id);
    // A concurrent reader may have changed it already.
    const known = this.#entries.peek(id) ?? (read?.isForgotten === true ? undefined : read);
    return this.#decide(known, decide);
  }

  #decide<Answer>(known: Entry | undefined, decide: DecideUpdate<Answer>): Answer {
    if (known !== undefined) this.#lastSeenUpdates.settleBytes(known);
    const update = decide({
      record: known?.record,
      releases: this.#counters,
      nextInstallationId: () => this.#nextInstallationId(),
    });
    const entry = known ?? this.#appears(update.device);
    if (entry !== undefined) this.#apply(entry, update);
    return update.answer;
  }

  /** Adds a new device. */
  #appears(device: Device | undefined): Entry | undefined {
    return device === undefined ? undefined : this.#entries.add(newcomer(device));
  }

  /** Immediate in memory, and soon on disk. */
  #apply(entry: Entry, update: DeviceUpdate<unknown>): void {
    const { device, seen, installations = [], renewed, events = [] } = update;
    const told = device ?? seen;
    if (told !== undefined) entry.record = { ...entry.record, device: told };
    if (seen !== undefined) this.#lastSeenUpdates.seen(entry);
    if (renewed !== undefined) {
      const before = entry.record.installation;
      entry.record = { ...entry.record, installation: renewed };
      // For its release only a changed end of its offer matters.
      if (before?.polls !== renewed.polls || before.offerEndsAt !== renewed.offerEndsAt)
        this.#counters.renew(renewed);
      this.#lastSeenUpdates.renewed(entry);
    }
    if (installations.length > 0) entry.revision += 1;
    if (device !== undefined) entry.unsaved.hasContact = true;
    for (const installation of installations) {
      const latest = entry.record.installation;
      const before = latest?.id === installation.id ? latest : null;
      entry.unsaved.installations.set(installation.id, installation);
      this.#entries.show(entry, before, installation);
    }
    entry.addEvents(this.#lines.take(entry.id, events));
    if (entry.hasUnsaved) this.#writer.save(entry);
  }

  /** Waits until a device's changes are on disk. @throws DomainError `storage-full`, `unavailable` when they are not */
  async #commit(id: string): Promise<void> {
    const entry = this.#entries.peek(id);
    if (entry === undefined) return;
    if (this.#writer.hasFailed(entry)) this.#writer.save(entry);
    await this.#writer.saved(entry);
    if (this.#writer.hasFailed(entry)) throw entry.failure;
  }

  #nextInstallationId(): number {
    if (this.#lastInstallationId >= maxInstallationId) throw DomainError.of('installation-numbers-used-up');
    return ++this.#lastInstallationId;
  }

  async #tellRepeats(isLast: boolean): Promise<void> {
    for (const [id, events] of this.#lines.due(this.ports.now(), isLast)) {
      const entry = await this.#entries.find(id);
      if (entry === undefined) continue;
      entry.addEvents(events);
      this.#writer.save(entry);
    }
  }

  async #allSaved(): Promise<void> {
    for (const entry of this.#entries.all()) await this.#writer.saved(entry);
  }
}
