import { circumstance } from '../../core/circumstances/catalogue';
import { sayWhy } from '../../core/circumstances/sentences';
import type { Why } from '../../core/reasons/why';
import type { Hold } from '../../core/device';
import { theServer } from '../../core/event';
import {
  type DatabaseIdentity,
  evidenceLastsMs,
  isDecision,
  judgeMarker,
  type Marker,
  RestoreEvidence,
  witnessesNeeded,
} from '../../core/restore';
import type { Fleet } from '../../ports/fleet';
import type { Log } from '../../ports/log';
import type { JournalRecords } from '../../ports/journal';
import type { RandomBytes } from '../../ports/randomness';
import type { DatabaseMarker, RestoreRecords } from '../../ports/restores';
import type { Clock } from '../../ports/clock';

export interface WatchRestoresPorts {
  readonly restores: RestoreRecords;
  readonly databaseMarker: DatabaseMarker;
  readonly journal: Pick<JournalRecords, 'listen'>;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
  readonly now: Clock;
}

/** Notices that the database is an older copy, before that takes a fleet backwards. */
export interface WatchRestores {
  /** The id of the database, which changes after a restore. */
  readonly databaseId: string;
  /**
   * Evaluates the hash of a bundle that a device names, in an ETag or a pinned URL. The consequences for this device's request
   * are in force when the promise resolves.
   * @throws DomainError `unavailable`
   */
  hear(deviceId: string, sha256: string): Promise<void>;
  /** The hold on every device until rollouts and pins are stopped; `null` normally. */
  hold(): Hold | null;
  /** Does the work that is due. Never rejects: {@link run} retries what failed. */
  settle(): Promise<void>;
  /** Like {@link settle}. @throws the error that it failed with */
  run(): Promise<void>;
  /** Sets what stops offers, and the fleet to ask about devices. */
  begin(ports: {
    readonly fleet: Pick<Fleet, 'find'>;
    readonly suspend: (reason: Why) => Promise<void>;
  }): void;
  /** Stops listening for decisions. */
  close(): void;
}

interface Suspicion {
  readonly reason: Why;
  /** The hash that devices named; `null` when the marker was the evidence. */
  readonly named: string | null;
  readonly at: Date;
  isKept: boolean;
  isSuspended: boolean;
}

/** How many known hashes are remembered; there are at most as many as bundles. */
const maxRemembered = 10_000;

/** {@link WatchRestores} with the marker beside the database, and by the hashes that devices name. */
export class RestoreWatch implements WatchRestores {
  #id: string;
  #decision: number;
  #suspicion: Suspicion | null = null;
  /** What the marker says; `null` when it does not name this database yet. */
  #written: Marker | null = null;
  #begun: Parameters<WatchRestores['begin']>[0] | null = null;
  #running: Promise<void> | undefined;
  /** The error of the last look. */
  #failure: { readonly error: unknown } | null = null;
  #alarmedAtMs = -Infinity;
  #stopListening: () => void = () => undefined;
  readonly #evidence = new RestoreEvidence();
  readonly #knownHashes = new Set<string>();

  private constructor(
    private readonly ports: WatchRestoresPorts,
    { id, decision }: DatabaseIdentity,
  ) {
    this.#id = id;
    this.#decision = decision;
  }

  /** Compares database and marker, before anything is decided on them. @throws DomainError `storage-full`, `unavailable` */
  static async start(ports: WatchRestoresPorts): Promise<RestoreWatch> {
    const found = await ports.databaseMarker.read();
    const known = await ports.restores.identity(newId(ports));
    const watch = new RestoreWatch(ports, known);
    const reason = known.suspicion ?? judgeMarker(known, found);
    if (reason !== null) {
      watch.#suspect(reason, null);
      await watch.#settleNow(); // before anything that it changes is read
    } else if (typeof found === 'object' && known.isMarked) watch.#written = found;
    watch.#listen();
    return watch;
  }

  get databaseId(): string {
    return this.#id;
  }

  async hear(deviceId: string, sha256: string): Promise<void> {
    if (this.#knownHashes.has(sha256)) return;
    const { restores, now } = this.ports;
    const device = (await this.#begun?.fleet.find(deviceId))?.device;
    // A device that was never heard from before may have come from another server.
    if (device === undefined || device.lastContactAt === null || device.admission !== 'admitted') return;
    if (await restores.isKnownHash(sha256)) {
      if (this.#knownHashes.size < maxRemembered) this.#knownHashes.add(sha256);
      return;
    }
    const heardDevices = await restores.heardDevices(witnessesNeeded);
    const at = now();
    const isEnough = this.#evidence.hear(deviceId, sha256, at, heardDevices);
    const mayAlarm = Math.abs(at.getTime() - this.#alarmedAtMs) >= evidenceLastsMs;
    if (!isEnough || !mayAlarm || this.#suspicion !== null) return;
    this.#alarmedAtMs = at.getTime();
    this.#suspect(circumstance('bundle-of-no-row', { sha256: sha256.slice(0, 16) }), sha256);
    void this.settle();
  }

  hold(): Hold | null {
    const open = this.#suspicion;
    return open === null || open.isSuspended ? null : heldFor(open.reason, open.at);
  }

  /** One at a time. Callers that arrive during a run wait for the next one, which includes their evidence. */
  settle(): Promise<void> {
    const next = (this.#running ?? Promise.resolve())
      .then(() => this.#settleNow())
      .finally(() => {
        if (this.#running === next) this.#running = undefined;
      });
    this.#running = next;
    return next;
  }

  async run(): Promise<void> {
    await this.settle();
    if (this.#failure !== null) throw this.#failure.error;
  }

  begin(later: Parameters<WatchRestores['begin']>[0]): void {
    this.#begun = later;
  }

  close(): void {
    this.#stopListening();
  }

  #listen(): void {
    this.#stopListening = this.ports.journal.listen((events) => {
      const last = events.filter(isDecision).at(-1);
      if (last === undefined) return;
      this.#decision = last.id;
      void this.settle();
    });
  }

  #suspect(why: Why, named: string | null): void {
    const { log, now } = this.ports;
    const reason = sayWhy(why);
    log.error({ reason }, `${reason}: every rollout is paused until a person resumes it`);
    this.#suspicion = { reason: why, named, at: now(), isKept: false, isSuspended: false };
  }

  async #settleNow(): Promise<void> {
    try {
      const open = this.#suspicion;
      if (open !== null) {
        await this.#keep(open);
        if (!open.isSuspended) await this.#begun?.suspend(open.reason);
        open.isSuspended = this.#begun !== null;
        if (!open.isSuspended) return;
      }
      await this.#writeMarker();
      if (this.#suspicion === open) this.#suspicion = null;
      this.#failure = null;
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** Skips writing what is already on disk. */
  async #keep(open: Suspicion): Promise<void> {
    if (open.isKept) return;
    const next = newId(this.ports);
    await this.ports.restores.suspect(next, open.reason, open.named, open.at);
    this.#id = next;
    this.#written = null;
    open.isKept = true;
  }

  async #writeMarker(): Promise<void> {
    while (this.#written?.id !== this.#id || this.#written.decision !== this.#decision) {
      const marker = { id: this.#id, decision: this.#decision };
      const isFirst = this.#written?.id !== this.#id;
      await this.ports.databaseMarker.write(marker);
      if (isFirst) await this.ports.restores.marked();
      this.#written = marker;
    }
  }
}

function newId({ randomBytes }: Pick<WatchRestoresPorts, 'randomBytes'>): string {
  return randomBytes(16).toString('hex');
}

function heldFor(reason: Why, at: Date): Hold {
  return { reason, by: theServer.name, at };
}
