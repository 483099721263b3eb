import type { Device } from '../../../core/device';
import { type DeviceRecord, newcomer } from '../../../core/device-record';
import { DomainError } from '../../../core/errors';
import type { NewEvent } from '../../../core/event';
import { type Installation, keptInstallations } from '../../../core/installation';
import type {
  Decided,
  DecideOnDevice,
  FleetDecisions,
  PlanIntervention,
  TellDecision,
} from '../../../ports/fleet-decisions';
import { toInstallation } from '../../rows/device-rows';
import type { Database } from '../database';
import { saveContact, saveDecision, saveInstallations } from '../device-writes';
import type { PostgresJournal } from '../journal-records';
import { query } from '../queries';
import { forgetOutcomes } from '../release-outcomes';
import type { Transaction } from '../writer';

export interface DecisionPorts {
  readonly database: Database;
  readonly journal: Pick<PostgresJournal, 'append'>;
  /** Reads a device, including what was seen of it and is not written yet. */
  readonly find: (transaction: Transaction, id: string) => Promise<DeviceRecord | undefined>;
  /** Called after installations of a device were written. @param before the latest of them */
  readonly written: (before: Installation | null, installations: readonly Installation[]) => void;
  /** Called after something else of a device was written. */
  readonly changed: (id: string) => void;
  readonly forgotten: (id: string) => void;
}

/** Writes what is decided about one device. */
type Act = (transaction: Transaction, record: DeviceRecord) => Promise<void>;

/** Plans what to do about a device, before anything is written. */
type Plan = (transaction: Transaction, record: DeviceRecord) => Act | Promise<Act>;

/** What people decide about devices: read, decided and written in one transaction. */
export class PostgresFleetDecisions implements FleetDecisions {
  constructor(private readonly ports: DecisionPorts) {}

  decide(id: string, decide: DecideOnDevice, tell: TellDecision): Promise<DeviceRecord> {
    return this.#one(id, this.#deciding(decide, tell));
  }

  decideAll(ids: readonly string[], decide: DecideOnDevice, tell: TellDecision): Promise<Decided> {
    return this.#all(ids, this.#deciding(decide, tell));
  }

  make(device: Device, events: readonly NewEvent[]): Promise<DeviceRecord> {
    const { database, journal } = this.ports;
    const { id } = device;
    return database.transact(async (transaction) => {
      const known = query.selectFrom('devices').select('id').where('id', '=', id);
      if ((await transaction.all(known)).length > 0) throw DomainError.of('device-id-taken', { id });
      await saveContact(transaction, device);
      await journal.append(transaction, events);
      return newcomer(device);
    });
  }

  intervene(id: string, plan: PlanIntervention): Promise<DeviceRecord> {
    return this.#one(id, this.#intervening(plan));
  }

  interveneAll(ids: readonly string[], plan: PlanIntervention): Promise<Decided> {
    return this.#all(ids, this.#intervening(plan));
  }

  async forget(id: string, tell: TellDecision): Promise<void> {
    const { database, journal, forgotten } = this.ports;
    await database.transact(async (transaction) => {
      const { device } = await this.#read(transaction, id);
      await forgetOutcomes(transaction, id);
      await transaction.all(query.deleteFrom('devices').where('id', '=', id));
      transaction.afterCommit(() => forgotten(id));
      await journal.append(transaction, tell(device));
    });
  }

  #deciding(decide: DecideOnDevice, tell: TellDecision): Plan {
    return (_, { device }) => {
      const change = decide(device);
      const events = tell(device);
      return async (transaction) => {
        await saveDecision(transaction, device.id, change);
        await this.ports.journal.append(transaction, events);
      };
    };
  }

  #intervening(plan: PlanIntervention): Plan {
    return async (transaction, record) => {
      const { device, installation: latest } = record;
      const ofDevice = query.selectFrom('installations').selectAll().where('device', '=', device.id);
      const rows = await transaction.all(ofDevice.orderBy('id', 'desc').limit(keptInstallations));
      // Includes what was seen of the latest since it was written.
      const known = rows.map(toInstallation).map((one) => (one.id === latest?.id ? latest : one));
      const { installations, events, change } = plan(record, known);
      return async () => {
        if (change !== undefined) await saveContact(transaction, change(device));
        await saveInstallations(transaction, installations);
        await this.ports.journal.append(transaction, events);
        transaction.afterCommit(() => this.ports.written(latest, installations));
      };
    };
  }

  #one(id: string, plan: Plan): Promise<DeviceRecord> {
    return this.ports.database.transact(async (transaction) => {
      const record = await this.#read(transaction, id);
      await this.#act(transaction, record, await plan(transaction, record));
      return this.#read(transaction, id);
    });
  }

  /** A device that the decision does not fit is left out; a failed write undoes all of them. */
  async #all(ids: readonly string[], plan: Plan): Promise<Decided> {
    let failed: Decided['failed'][number][] = [];
    let planned: string[] = [];
    try {
      await this.ports.database.transact(async (transaction) => {
        failed = [];
        planned = [];
        const acts: (() => Promise<void>)[] = [];
        for (const id of ids) {
          try {
            const record = await this.#read(transaction, id);
            const act = await plan(transaction, record);
            acts.push(() => this.#act(transaction, record, act));
            planned.push(id);
          } catch (error) {
            failed.push({ id, error: refusalOf(error) });
          }
        }
        for (const act of acts) await act();
      });
      return { done: planned, failed };
    } catch (error) {
      const refusal = refusalOf(error);
      const others = ids.filter((id) => failed.every((one) => one.id !== id));
      return { done: [], failed: [...failed, ...others.map((id) => ({ id, error: refusal }))] };
    }
  }

  async #act(transaction: Transaction, record: DeviceRecord, act: Act): Promise<void> {
    await act(transaction, record);
    transaction.afterCommit(() => this.ports.changed(record.device.id));
  }

  /** @throws DomainError `not-found` */
  async #read(transaction: Transaction, id: string): Promise<DeviceRecord> {
    const record = await this.ports.find(transaction, id);
    if (record === undefined) throw DomainError.of('no-such-device', { id: id.slice(0, 80) });
    return record;
  }
}

/** @throws anything that is not a refusal */
function refusalOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  throw error;
}
