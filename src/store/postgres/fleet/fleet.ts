import { RecentMap } from '../../../base/collections/recent-map';
import { isUnanswered } from '../../../core/database-away';
import { type DeviceRecord, newcomer, withInstallation } from '../../../core/device-record';
import { DomainError } from '../../../core/errors';
import type { NewEvent } from '../../../core/event';
import type { Installation } from '../../../core/installation';
import type { InstallationState } from '../../../core/installation-states';
import type { DecideUpdate, DeviceUpdate, ReleaseNumbers } from '../../../ports/device-updates';
import type { Fleet, FleetOptions } from '../../../ports/fleet';
import { DeviceLines } from '../../device-lines';
import type { Database, Reader } from '../database';
import { saveContact, saveInstallations } from '../device-writes';
import { findRecord } from '../find-record';
import type { PostgresJournal } from '../journal-records';
import { countingReleases, type OfferClock } from '../release-numbers';
import { together } from '../together';
import type { Transaction } from '../writer';
import { decideUpdate, nextInstallationId } from './decide-update';
import { PostgresFleetDecisions } from './fleet-decisions';
import { SeenUpdates } from './seen-updates';
import { Refusals } from './refusals';
import { isOfStorage, type UnwrittenUpdate, UnwrittenUpdates } from './unwritten-updates';

export interface FleetPorts extends Pick<
  FleetOptions,
  'now' | 'ageMs' | 'catchUp' | 'offerLifetimeMs' | 'onRepeats'
> {
  readonly database: Database;
  readonly journal: Pick<PostgresJournal, 'append' | 'record'>;
}

/**
 * How many devices this node remembers for {@link PostgresFleet.recent}, and for how long, in milliseconds. Another node may hear the device
 * meanwhile.
 */
const maxRemembered = 50_000;
const rememberedMs = 10_000;

/** An update in a transaction, and what remains to be noted once that is committed. */
interface Applied<Answer> {
  readonly update: DeviceUpdate<Answer>;
  readonly record: DeviceRecord | undefined;
}

/**
 * The devices, as they are in the database. A contact with news is decided and written in one transaction; one without news costs
 * one statement.
 */
export class PostgresFleet implements Fleet {
  readonly decisions: PostgresFleetDecisions;
  readonly #seen: SeenUpdates;
  readonly #lines: DeviceLines;
  readonly #unwritten = new UnwrittenUpdates();
  readonly #recent = new RecentMap<string, { readonly record: DeviceRecord; readonly untilMs: number }>(
    maxRemembered,
  );
  readonly #offered = new Set<number>();
  readonly #reached = new Map<InstallationState, number>();
  /** Lines that stand for many, and could not be written yet. */
  #untold: NewEvent[] = [];

  constructor(private readonly ports: FleetPorts) {
    const { database, journal } = ports;
    this.#seen = new SeenUpdates(database);
    this.#lines = new DeviceLines(ports.onRepeats);
    this.decisions = new PostgresFleetDecisions({
      database,
      journal,
      find: (transaction, id) => this.#find(transaction, id),
      written: (before, installations) => {
        for (const one of installations) this.#count(before, one);
      },
      changed: (id) => this.#recent.delete(id),
      forgotten: (id) => this.#forget(id),
    });
  }

  recent(id: string): DeviceRecord | undefined {
    const known = this.#recent.get(id);
    return known !== undefined && known.untilMs > this.ports.ageMs() ? known.record : undefined;
  }

  async lookUp(id: string): Promise<DeviceRecord | undefined> {
    const before = this.#recent.get(id);
    try {
      const record = await this.find(id);
      const isLatest = this.#recent.get(id) === before; // a contact meanwhile knows more
      if (record !== undefined && isLatest) this.#remember(id, record);
      return record;
    } catch (error) {
      if (before === undefined || !isUnanswered(error)) throw error;
      this.#remember(id, before.record);
      return before.record;
    }
  }

  find(id: string): Promise<DeviceRecord | undefined> {
    return this.#find(this.ports.database, id);
  }

  async get(id: string): Promise<DeviceRecord> {
    const found = await this.find(id);
    if (found === undefined) throw DomainError.of('no-such-device', { id: id.slice(0, 80) });
    return found;
  }

  async update<Answer>(id: string, decide: DecideUpdate<Answer>): Promise<Answer> {
    const { database } = this.ports;
    if (!this.#unwritten.has(id)) {
      const record = await this.find(id);
      const update = await decideUpdate(database, record, decide, { clock: this.#clock(), nextId: null });
      if (update !== undefined && !tellsNews(update)) {
        this.#note(id, { update, record });
        return update.answer;
      }
    }
    return this.#write(id, decide, { isKept: false });
  }

  updateOnDisk<Answer>(id: string, decide: DecideUpdate<Answer>): Promise<Answer> {
    return this.#write(id, decide, { isKept: true });
  }

  countBytes(id: string, count: number, at: Date): void {
    const installation = this.#recent.get(id)?.record.installation ?? null;
    if (installation !== null) this.#seen.countBytes(installation.id, count, at);
  }

  counting<Result>(use: (numbers: ReleaseNumbers) => Result): Promise<Result> {
    return this.ports.database.readTogether((reader) => countingReleases(reader, this.#clock(), use));
  }

  hasOffered(releaseId: number): boolean {
    return this.#offered.has(releaseId);
  }

  /** The database counts on demand. */
  async recount(): Promise<void> {}

  reached(): ReadonlyMap<InstallationState, number> {
    return this.#reached;
  }

  flush(): Promise<void> {
    return this.#flush(false);
  }

  unsavedDevices(): number {
    return this.#unwritten.size;
  }

  /** What cannot be written now is lost; the devices that reported it were told so. */
  async close(): Promise<void> {
    await this.#flush(true).catch(() => undefined);
  }

  async #flush(isLast: boolean): Promise<void> {
    this.#untold.push(...this.#lines.due(this.ports.now(), isLast).flatMap(([, events]) => events));
    const untold = this.#untold;
    if (untold.length > 0) {
      await this.ports.journal.record(untold);
      this.#untold = this.#untold.slice(untold.length);
    }
    for (const id of this.#unwritten.ids())
      await this.#write(id, () => ({ answer: undefined }), { isKept: false });
    await this.#seen.write();
  }

  /**
   * Decides and writes in one transaction, after what could not be written before.
   * @throws DomainError `storage-full`, `unavailable`, and what `decide` throws
   */
  async #write<Answer>(
    id: string,
    decide: DecideUpdate<Answer>,
    { isKept }: { readonly isKept: boolean },
  ): Promise<Answer> {
    const told = new Map<string, readonly NewEvent[]>();
    const refusals = new Refusals();
    const before = this.#unwritten.of(id);
    const at = this.ports.now();
    try {
      const done = await this.ports.database.transact(async (transaction) => {
        const applied: Applied<unknown>[] = [];
        for (const { decide: one } of await this.#stillNews(transaction, id, before)) {
          const again = await this.#apply(transaction, id, refusals.of(one), told).catch((error: unknown) =>
            refusals.drop(error),
          );
          if (again !== undefined) applied.push(again);
        }
        const last = await this.#apply(transaction, id, refusals.of(decide), told);
        transaction.afterCommit(() => {
          this.#unwritten.written(id, before);
          for (const one of [...applied, last]) this.#note(id, one);
        });
        return last;
      });
      return done.update.answer;
    } catch (error) {
      if (isKept && !refusals.has(error) && isOfStorage(error)) this.#unwritten.keep(id, { decide, at });
      throw error;
    }
  }

  /**
   * What could not be written before, without what is out of date: the device has been in contact since, with another server, and what
   * it told there must not be undone.
   */
  async #stillNews(
    transaction: Transaction,
    id: string,
    unwritten: readonly UnwrittenUpdate[],
  ): Promise<readonly UnwrittenUpdate[]> {
    if (unwritten.length === 0) return unwritten;
    const { record } = await findRecord(transaction, id);
    const heardAt = record?.device.lastContactAt ?? null;
    return heardAt === null ? unwritten : unwritten.filter(({ at }) => at >= heardAt);
  }

  async #apply<Answer>(
    transaction: Transaction,
    id: string,
    decide: DecideUpdate<Answer>,
    told: Map<string, readonly NewEvent[]>,
  ): Promise<Applied<Answer>> {
    const record = await this.#find(transaction, id);
    const nextId = () => nextInstallationId(transaction);
    const update = await decideUpdate(transaction, record, decide, { clock: this.#clock(), nextId });
    if (update === undefined) throw new Error('a transaction may claim numbers');
    if (update.device !== undefined) await saveContact(transaction, update.device);
    await together([
      saveInstallations(transaction, update.installations ?? []),
      this.ports.journal.append(transaction, this.#linesOf(id, update.events ?? [], told)),
    ]);
    return { update, record };
  }

  /**
   * Reads a device, including what was seen of it and is not written yet. Brings the catalog up to at least the same
   * moment.
   */
  async #find(reader: Reader, id: string): Promise<DeviceRecord | undefined> {
    const { record, catalogVersion } = await findRecord(reader, id);
    await this.ports.catchUp(catalogVersion);
    return record && this.#seen.seenOf(record);
  }

  /** The same lines count against the limit only once, however often the transaction runs. */
  #linesOf(id: string, events: readonly NewEvent[], told: Map<string, readonly NewEvent[]>) {
    const words = JSON.stringify(events);
    const known = told.get(words);
    if (known !== undefined) return known;
    const lines = this.#lines.take(id, events);
    told.set(words, lines);
    return lines;
  }

  /** Notes what is known after an update, and which part of it is yet to be written. */
  #note(id: string, { update, record }: Applied<unknown>): void {
    const { device, seen, renewed, installations = [] } = update;
    const told = device ?? seen ?? record?.device;
    if (told === undefined) return;
    let known: DeviceRecord = { ...(record ?? newcomer(told)), device: told };
    if (renewed !== undefined) known = { ...known, installation: renewed };
    for (const one of installations) {
      const before = known.installation?.id === one.id ? known.installation : null;
      this.#count(before, one);
      known = withInstallation(known, before, one);
      this.#seen.written(id, one.id);
    }
    if (seen !== undefined || renewed !== undefined) this.#seen.note(id, seen, renewed);
    this.#remember(id, known);
  }

  #clock(): OfferClock {
    const { now, offerLifetimeMs } = this.ports;
    return { now: now(), offerLifetimeMs };
  }

  #remember(id: string, record: DeviceRecord): void {
    this.#recent.set(id, { record, untilMs: this.ports.ageMs() + rememberedMs });
  }

  #count(before: Installation | null, after: Installation): void {
    if (before?.state !== after.state)
      this.#reached.set(after.state, (this.#reached.get(after.state) ?? 0) + 1);
    if (after.releaseId !== null) this.#offered.add(after.releaseId);
  }

  #forget(id: string): void {
    this.#lines.forget(id);
    this.#seen.forget(id);
    this.#unwritten.forget(id);
    this.#recent.delete(id);
  }
}

/** Whether anything must be on disk before the answer leaves. */
function tellsNews({ device, installations = [], events = [] }: DeviceUpdate<unknown>): boolean {
  return device !== undefined || installations.length > 0 || events.length > 0;
}
