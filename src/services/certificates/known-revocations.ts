import type { Revocation } from '../../core/certificate';
import type { MonotonicClock } from '../../ports/clock';
import type { RevocationRecords, SharedRevocations } from '../../ports/revocations';
import type { Watch } from '../../ports/watch';

/** How long the last known revocations are trusted when no newer ones can be read, in milliseconds. */
const goodForMs = 60_000;

export interface KnownRevocationsPorts {
  readonly records: RevocationRecords;
  readonly monotonicMs: MonotonicClock;
}

/** The revocations that several servers share, as known to this one. Each check reads only those that were added. */
export class KnownRevocations implements SharedRevocations {
  #all: readonly Revocation[] = [];
  readonly #bySerial = new Map<string, Revocation>();
  #lastId = 0;
  #readAtMs = 0;

  private constructor(private readonly ports: KnownRevocationsPorts) {}

  /** @throws DomainError `unavailable` */
  static async open(ports: KnownRevocationsPorts): Promise<KnownRevocations> {
    const revocations = new KnownRevocations(ports);
    await revocations.#read();
    return revocations;
  }

  async all(): Promise<readonly Revocation[]> {
    await this.#read();
    return this.#all;
  }

  async add(revocations: readonly Revocation[]): Promise<void> {
    await this.ports.records.add(revocations);
    await this.#read();
  }

  /** From memory. */
  find(serial: string): Revocation | undefined {
    return this.#bySerial.get(serial);
  }

  get size(): number {
    return this.#bySerial.size;
  }

  /** Whether they were read in the last minute. Otherwise it is unknown whether a device that connects now was revoked. */
  areCurrent(): boolean {
    return this.ports.monotonicMs() - this.#readAtMs <= goodForMs;
  }

  /** @param onAdded called when this or another server has added some */
  watch(onAdded: () => void): Watch {
    let seen = this.#all;
    return this.ports.records.watch(async () => {
      await this.#read();
      if (this.#all === seen) return;
      seen = this.#all;
      onAdded();
    });
  }

  /** Several may read at once: numbers follow the order of commits, so each finds the next ones. */
  async #read(): Promise<void> {
    const atMs = this.ports.monotonicMs();
    const found = await this.ports.records.after(this.#lastId);
    this.#readAtMs = Math.max(this.#readAtMs, atMs);
    const added = found.filter(({ id }) => id > this.#lastId);
    if (added.length === 0) return;
    this.#lastId = added.at(-1)?.id ?? this.#lastId;
    this.#all = [...this.#all, ...added];
    for (const revocation of added) this.#bySerial.set(revocation.serial, revocation);
  }
}
