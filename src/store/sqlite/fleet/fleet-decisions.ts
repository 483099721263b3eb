import { setImmediate as nextTurn } from 'node:timers/promises';
import { SerialQueue } from '../../../base/collections/serial-queue';
import type { Device } from '../../../core/device';
import { decided, type DecisionChange, type DeviceDecisions } from '../../../core/device-decisions';
import { type DeviceRecord, newcomer } from '../../../core/device-record';
import { DomainError } from '../../../core/errors';
import type { NewEvent } from '../../../core/event';
import type { Installation } from '../../../core/installation';
import type { Clock } from '../../../ports/clock';
import type {
  Decided,
  DecideOnDevice,
  FleetDecisions,
  PlanIntervention,
  TellDecision,
} from '../../../ports/fleet-decisions';
import type { Entry } from './fleet-entry';
import { FleetInterventions, type InterventionPorts } from './fleet-interventions';
import type { DeviceDecision, FleetRecords } from './fleet-records';
import { devicesPerTurn, maxRounds, refusalOf } from './fleet-refusals';
import type { ReleaseCounters } from './release-counters';

export interface FleetDecisionPorts extends InterventionPorts {
  readonly devices: Pick<FleetRecords, 'counts' | 'decide' | 'forget' | 'installations' | 'write'>;
  readonly counters: ReleaseCounters;
  /** Retries writing a device's changes. */
  readonly save: (entry: Entry) => void;
  /** Drops a device's unwritten changes. */
  readonly drop: (entry: Entry) => void;
  /** Repeated offers, which the database may not know yet. */
  readonly renewals: () => readonly Installation[];
  readonly now: Clock;
}

/** What people decide about devices. A decision is written first, then shown. Decisions run one after the other. */
export class SqliteFleetDecisions implements FleetDecisions {
  readonly #queue = new SerialQueue();
  readonly #interventions: FleetInterventions;

  constructor(private readonly ports: FleetDecisionPorts) {
    this.#interventions = new FleetInterventions(ports);
  }

  decide(id: string, change: DecideOnDevice, tell: TellDecision): Promise<DeviceRecord> {
    return this.#queue.run(async () => {
      const { failed } = await this.#decide([id], change, tell);
      const [refused] = failed;
      if (refused !== undefined) throw refused.error;
      return (await this.ports.entries.get(id)).record;
    });
  }

  decideAll(ids: readonly string[], change: DecideOnDevice, tell: TellDecision): Promise<Decided> {
    return this.#queue.run(() => this.#decide(ids, change, tell));
  }

  make(device: Device, events: readonly NewEvent[]): Promise<DeviceRecord> {
    const { devices, entries } = this.ports;
    const { id } = device;
    return this.#queue.run(async () => {
      if ((await entries.find(id)) !== undefined) throw DomainError.of('device-id-taken', { id });
      await devices.write({ device, events });
      if (entries.peek(id) === undefined) entries.add(newcomer(device));
      this.#show(id, decisionsOf(device)); // it may have made its first contact just now
      return (await entries.get(id)).record;
    });
  }

  intervene(id: string, plan: PlanIntervention): Promise<DeviceRecord> {
    return this.#queue.run(async () => {
      const { failed } = await this.#interventions.intervene([id], plan);
      const [refused] = failed;
      if (refused !== undefined) throw refused.error;
      return (await this.ports.entries.get(id)).record;
    });
  }

  interveneAll(ids: readonly string[], plan: PlanIntervention): Promise<Decided> {
    return this.#queue.run(() => this.#interventions.intervene(ids, plan));
  }

  /**
   * Counts a release's installations when it becomes current again: they were not counted since the start.
   * @throws DomainError `storage-full`, `unavailable` when its changes cannot be written
   */
  recount(releaseId: number): Promise<void> {
    const { devices, entries, counters, commit, renewals, now } = this.ports;
    return this.#queue.run(async () => {
      for (let round = 0; round < maxRounds; round += 1) {
        const revision = counters.revision(releaseId);
        for (const entry of entries.all()) {
          if (entry.saving !== null || entry.hasUnsaved) await commit(entry.id);
        }
        if (counters.revision(releaseId) !== revision) continue; // changes made meanwhile may not be written yet
        const counts = await devices.counts([releaseId], now());
        if (counters.revision(releaseId) !== revision) continue;
        for (const counted of counts) counters.set(counted);
        for (const installation of renewals())
          if (installation.releaseId === releaseId) counters.renew(installation);
        return;
      }
      throw DomainError.of('devices-of-release-change', { releaseId });
    });
  }

  forget(id: string, tell: TellDecision): Promise<void> {
    const { devices, entries, counters, save, drop } = this.ports;
    return this.#queue.run(async () => {
      const { entry, installations } = await this.#interventions.whenSettled(id, (device) => {
        device.entry.isForgotten = true;
        return device;
      });
      try {
        await devices.forget(id, tell(entry.record.device));
      } catch (error) {
        entry.isForgotten = false;
        if (entry.hasUnsaved) save(entry);
        throw error;
      }
      entries.delete(id);
      drop(entry);
      const counted = new Map(installations.map((one) => [one.id, one]));
      for (const one of entry.unsaved.installations.values()) counted.set(one.id, one); // their latest state
      for (const one of counted.values()) counters.forget(one);
    });
  }

  async #decide(ids: readonly string[], change: DecideOnDevice, tell: TellDecision): Promise<Decided> {
    const { devices, entries, commit } = this.ports;
    const rows = await Promise.allSettled(ids.map(commit)); // now their rows exist
    const planned: DeviceDecision[] = [];
    const failed: Decided['failed'][number][] = [];
    for (const [index, id] of ids.entries()) {
      if (index % devicesPerTurn === devicesPerTurn - 1) await nextTurn();
      try {
        const row = rows[index];
        if (row?.status === 'rejected') throw row.reason;
        const { device } = (entries.recent(id) ?? (await entries.get(id))).record;
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
    for (const { id, change: made } of planned) this.#show(id, made);
    return { done: planned.map(({ id }) => id), failed };
  }

  /** A device that is no longer in memory is read later, with the decision. */
  #show(id: string, change: DecisionChange): void {
    const { entries } = this.ports;
    const entry = entries.peek(id);
    if (entry === undefined) entries.changedOnDisk(id);
    else {
      const { device } = entry.record;
      entry.record = { ...entry.record, device: { ...device, ...decided(device, change) } };
    }
  }
}

function decisionsOf({ channel, labels, notes, admission, hold, pin }: Device): DeviceDecisions {
  return { channel, labels, notes, admission, hold, pin };
}
