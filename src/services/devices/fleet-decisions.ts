import { setImmediate as nextTurn } from 'node:timers/promises';
import { SerialQueue } from '../../base/collections/serial-queue';
import type { Device } from '../../core/device';
import { DomainError } from '../../core/errors';
import type { NewEvent } from '../../core/event';
import { type Installation, keptInstallations } from '../../core/installation';
import type { Clock } from '../../ports/clock';
import type { DeviceUpdate } from '../../ports/device-updates';
import type { DeviceDecision, DeviceDecisions, DeviceRecord, DeviceRecords } from '../../ports/devices';
import type { FleetEntries } from './fleet-entries';
import { type Entry, isUnsaved } from './fleet-entry';
import type { ReleaseCounters } from './release-counters';

export interface FleetDecisionPorts {
  readonly devices: Pick<DeviceRecords, 'counts' | 'decide' | 'forget' | 'installations' | 'write'>;
  readonly entries: FleetEntries;
  readonly counters: ReleaseCounters;
  /** Waits until a device's changes are on disk. */
  readonly commit: (id: string) => Promise<void>;
  /** Tries again to write what a device told. */
  readonly save: (entry: Entry) => void;
  /** Drops what waits to be written about a device. */
  readonly drop: (entry: Entry) => void;
  readonly now: Clock;
}

/** What became of a decision about many devices. */
export interface Decided {
  readonly done: readonly string[];
  readonly failed: readonly { readonly id: string; readonly error: DomainError }[];
}

/** While a decision about many devices is prepared, others have their turn after so many. */
const devicesPerTurn = 100;

/** So often is a person's decision made again because the device went on in the same moment. */
const maxRounds = 5;

/** What people decide about devices: it is written first, and shown then. One decision comes after the other. */
export class FleetDecisions {
  readonly #queue = new SerialQueue();

  constructor(private readonly ports: FleetDecisionPorts) {}

  /**
   * Writes what a person decided, then shows it.
   * @param change what is decided of the device as it is; it throws where the device can't have that
   * @throws DomainError `not-found`, `storage-full`, `unavailable`, and what `change` throws
   */
  decide(
    id: string,
    change: (device: Device) => Partial<DeviceDecisions>,
    tell: (device: Device) => readonly NewEvent[],
  ): Promise<DeviceRecord> {
    return this.#queue.run(async () => {
      const { failed } = await this.#decide([id], change, tell);
      const [refused] = failed;
      if (refused !== undefined) throw refused.error;
      return this.ports.entries.get(id).record;
    });
  }

  /**
   * The same about many devices, in one write: it shows on all those that can have it, or on none.
   * @param ids each once
   */
  decideAll(
    ids: readonly string[],
    change: (device: Device) => Partial<DeviceDecisions>,
    tell: (device: Device) => readonly NewEvent[],
  ): Promise<Decided> {
    return this.#queue.run(() => this.#decide(ids, change, tell));
  }

  /**
   * Makes a device that nobody knows.
   * @throws DomainError `conflict`, `storage-full`, `unavailable`
   */
  make(device: Device, events: readonly NewEvent[]): Promise<DeviceRecord> {
    const { devices, entries } = this.ports;
    const { id } = device;
    return this.#queue.run(async () => {
      if (entries.find(id) !== undefined)
        throw new DomainError('conflict', `there is a device ${id} already`);
      await devices.write({ device, events });
      return this.#show(id, decisionsOf(device)); // it may have made its first contact in the same moment
    });
  }

  /**
   * Writes what a person decides about a device's installations, then shows it.
   * @param plan is asked again when the device went on in the same moment
   * @throws DomainError `not-found`, `storage-full`, `unavailable`, and what the plan throws
   */
  intervene(
    id: string,
    plan: (record: DeviceRecord) => Pick<DeviceUpdate<never>, 'installations' | 'events'>,
  ): Promise<DeviceRecord> {
    const { devices, entries, commit } = this.ports;
    return this.#queue.run(async () => {
      const told = new Set<string>();
      const written = new Map<
        number,
        { readonly before: Installation | null; readonly after: Installation }
      >();
      for (let round = 0; round < maxRounds; round += 1) {
        await commit(id);
        const entry = entries.get(id);
        const { revision } = entry;
        const { installations = [], events = [] } = plan(entry.record);
        for (const after of installations)
          written.set(after.id, { before: entries.before(entry, after), after });
        const untold = events.filter(({ message }) => !told.has(message));
        await devices.write({ installations, events: untold });
        for (const { message } of untold) told.add(message);
        // What the device did meanwhile is written over this.
        if (entry.revision !== revision) continue;
        for (const { before, after } of written.values())
          entries.show(entry, before, withSighted(after, entry.record.installation));
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
    const { devices, entries, counters, commit, now } = this.ports;
    return this.#queue.run(async () => {
      for (let round = 0; round < maxRounds; round += 1) {
        const revision = counters.revision(releaseId);
        for (const entry of entries.all()) {
          if (entry.saving !== null || isUnsaved(entry.unsaved)) await commit(entry.record.device.id);
        }
        if (counters.revision(releaseId) !== revision) continue; // what came meanwhile may not be written yet
        for (const counted of devices.counts([releaseId], now())) counters.set(counted);
        return;
      }
      throw new DomainError('unavailable', `the devices of release ${releaseId} change too fast`, {
        remedy: 'Try again.',
      });
    });
  }

  /** Removes a device. @throws DomainError `not-found`, `storage-full`, `unavailable` */
  forget(id: string, tell: (device: Device) => readonly NewEvent[]): Promise<void> {
    const { devices, entries, counters, commit, save, drop } = this.ports;
    return this.#queue.run(async () => {
      await commit(id);
      const entry = entries.get(id);
      const installations = new Map(devices.installations(id, keptInstallations).map((one) => [one.id, one]));
      entry.isForgotten = true;
      try {
        await devices.forget(id, tell(entry.record.device));
      } catch (error) {
        entry.isForgotten = false;
        if (isUnsaved(entry.unsaved)) save(entry);
        throw error;
      }
      entries.delete(id);
      drop(entry);
      const { installation } = entry.record;
      if (installation !== null) installations.set(installation.id, installation);
      for (const one of installations.values()) counters.forget(one);
    });
  }

  async #decide(
    ids: readonly string[],
    change: (device: Device) => Partial<DeviceDecisions>,
    tell: (device: Device) => readonly NewEvent[],
  ): Promise<Decided> {
    const { devices, entries, commit } = this.ports;
    const rows = await Promise.allSettled(ids.map(commit)); // their rows are there
    const planned: DeviceDecision[] = [];
    const failed: Decided['failed'][number][] = [];
    for (const [index, id] of ids.entries()) {
      if (index % devicesPerTurn === devicesPerTurn - 1) await nextTurn();
      try {
        const row = rows[index];
        if (row?.status === 'rejected') throw row.reason;
        const { device } = entries.get(id).record;
        planned.push({ id, change: change(device), events: tell(device) });
      } catch (error) {
        failed.push({ id, error: refusalOf(error) });
      }
    }
    try {
      if (planned.length > 0) await devices.decide(planned);
    } catch (error) {
      const refusal = refusalOf(error);
      return { done: [], failed: [...failed, ...planned.map(({ id }) => ({ id, error: refusal }))] };
    }
    for (const { id, change: decisions } of planned) this.#show(id, decisions);
    return { done: planned.map(({ id }) => id), failed };
  }

  #show(id: string, decisions: Partial<DeviceDecisions>): DeviceRecord {
    const entry = this.ports.entries.get(id);
    entry.record = { ...entry.record, device: { ...entry.record.device, ...decisions } };
    return entry.record;
  }
}

function decisionsOf({ channel, labels, notes, admission, hold, pin }: Device): DeviceDecisions {
  return { channel, labels, notes, admission, hold, pin };
}

/** @throws what is no refusal */
function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  throw error;
}

/** With what was seen of the same installation meanwhile. */
function withSighted(after: Installation, seen: Installation | null): Installation {
  if (seen?.id !== after.id) return after;
  const { bytesSent, polls, offerEndsAt, movedAt, silentPolls, signature } = seen;
  return { ...after, bytesSent, polls, offerEndsAt, movedAt, silentPolls, signature };
}
