import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Device } from '../../../core/device';
import { DomainError } from '../../../core/errors';
import type { NewEvent } from '../../../core/event';
import { type Installation, keptInstallations } from '../../../core/installation';
import type { Decided, Intervention, PlanIntervention } from '../../../ports/fleet-decisions';
import type { FleetEntries } from './fleet-entries';
import type { Entry } from './fleet-entry';
import type { DeviceWrite, FleetRecords } from './fleet-records';
import { devicesPerTurn, maxRounds, refusalOf } from './fleet-refusals';

export interface InterventionPorts {
  readonly devices: Pick<FleetRecords, 'installations' | 'write'>;
  readonly entries: FleetEntries;
  /** Waits until a device's changes are on disk. */
  readonly commit: (id: string) => Promise<void>;
  /** Writes a device's changes again. */
  readonly saveContact: (entry: Entry) => void;
}

/** A device whose changes are all on disk. */
export interface SettledDevice {
  readonly entry: Entry;
  readonly revision: number;
  /** Newest first. */
  readonly installations: readonly Installation[];
}

/** What earlier rounds of an intervention have written. */
interface Progress {
  readonly told: Set<string>;
  readonly written: Map<number, { readonly before: Installation | null; readonly after: Installation }>;
}

interface Planned extends SettledDevice {
  readonly id: string;
  readonly progress: Progress;
  readonly intervention: Intervention;
}

/** Writes what people do about installations, then shows it. An action on many devices is one write. */
export class FleetInterventions {
  constructor(private readonly ports: InterventionPorts) {}

  /**
   * @param ids the devices, each once
   * @param plan is asked again about a device that changed in the same moment
   */
  async intervene(ids: readonly string[], plan: PlanIntervention): Promise<Decided> {
    const open = new Map<string, Progress>(ids.map((id) => [id, { told: new Set(), written: new Map() }]));
    const done: string[] = [];
    const failed: Decided['failed'][number][] = [];
    const fail = (id: string, error: unknown) => {
      failed.push({ id, error: refusalOf(error) });
      open.delete(id);
    };
    for (let round = 0; round < maxRounds && open.size > 0; round += 1) {
      const planned = await this.#planAll(open, plan, fail);
      // From here to the write nothing waits: later changes of a device are written after it.
      const ready = planned.filter(({ entry, revision }) => entry.revision === revision);
      const before = ready.map(({ entry }) => entry.record.device);
      try {
        if (ready.length > 0) await this.ports.devices.write(...ready.map(writeOf));
      } catch (error) {
        for (const { id } of ready) fail(id, error);
        continue;
      }
      for (const [index, one] of ready.entries()) {
        for (const event of one.intervention.events) one.progress.told.add(wordsOf(event));
        if (one.entry.revision !== one.revision) continue; // what it did meanwhile is written over this
        this.#show(one, before[index]);
        done.push(one.id);
        open.delete(one.id);
      }
    }
    for (const id of [...open.keys()]) fail(id, DomainError.of('device-changes', { deviceId: id }));
    return { done, failed };
  }

  /**
   * @param use called at the moment when the device is settled
   * @throws DomainError `not-found`, `storage-full`, `unavailable`
   */
  async whenSettled<Result>(id: string, use: (device: SettledDevice) => Result): Promise<Result> {
    const { devices, entries, commit } = this.ports;
    for (let round = 0; round < maxRounds; round += 1) {
      await commit(id);
      const entry = await entries.get(id);
      const { revision } = entry;
      const written = await devices.installations(id, keptInstallations);
      if (entry.revision !== revision) continue;
      const { installation: latest } = entry.record; // with what was seen of it since the write
      const installations = written.map((one) => (one.id === latest?.id ? latest : one));
      return use({ entry, revision, installations });
    }
    throw DomainError.of('device-changes', { deviceId: id });
  }

  async #planAll(
    open: ReadonlyMap<string, Progress>,
    plan: PlanIntervention,
    fail: (id: string, error: unknown) => void,
  ): Promise<readonly Planned[]> {
    const asked = [...open];
    await Promise.allSettled(asked.map(([id]) => this.ports.commit(id))); // together; failures are reported below
    const planned: Planned[] = [];
    for (const [index, [id, progress]] of asked.entries()) {
      if (index % devicesPerTurn === devicesPerTurn - 1) await nextTurn();
      try {
        await this.whenSettled(id, (device) => {
          const intervention = plan(device.entry.record, device.installations);
          const known = new Map(device.installations.map((one) => [one.id, one]));
          for (const after of intervention.installations)
            progress.written.set(after.id, { before: known.get(after.id) ?? null, after });
          planned.push({ id, progress, intervention, ...device });
        });
      } catch (error) {
        fail(id, error);
      }
    }
    return planned;
  }

  #show({ entry, progress, intervention: { change } }: Planned, before: Device | undefined): void {
    for (const { before: was, after } of progress.written.values())
      this.ports.entries.show(entry, was, withSighted(after, entry.record.installation));
    if (change === undefined) return;
    const hasTold = entry.record.device !== before;
    entry.record = { ...entry.record, device: change(entry.record.device) };
    if (hasTold) this.ports.saveContact(entry);
  }
}

function writeOf({ entry, progress, intervention }: Planned): DeviceWrite {
  const { installations, events, change } = intervention;
  const untold = events.filter((event) => !progress.told.has(wordsOf(event)));
  const device = change === undefined ? {} : { device: change(entry.record.device) };
  return { ...device, installations, events: untold };
}

/** What distinguishes lines about one device. */
function wordsOf({ reason }: NewEvent): string {
  return JSON.stringify(reason);
}

/** Adds what was seen of the same installation meanwhile. */
function withSighted(after: Installation, seen: Installation | null): Installation {
  if (seen?.id !== after.id) return after;
  const { bytesSent, polls, offerEndsAt, movedAt, silentPolls, signature } = seen;
  return { ...after, bytesSent, polls, offerEndsAt, movedAt, silentPolls, signature };
}
