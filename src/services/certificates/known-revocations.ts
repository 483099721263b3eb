import type { Revocation } from '../../core/certificate';
import type { MonotonicClock } from '../../ports/clock';
import type { NumberedRevocation, RevocationRecords, SharedRevocations } from '../../ports/revocations';
import type { Watch } from '../../ports/watch';
import { GrowingList } from './growing-list';

/** How long the last known revocations are trusted when no newer ones can be read, in milliseconds. */
const goodForMs = 60_000;

export interface KnownRevocationsPorts {
  readonly records: RevocationRecords;
  readonly monotonicMs: MonotonicClock;
}

/** The revocations that several servers share, as known to this one. Each check reads only those that were added. */
export class KnownRevocations implements SharedRevocations {
  readonly #list: GrowingList<NumberedRevocation>;
  readonly #bySerial = new Map<string, Revocation>();
  #readAtMs = 0;

  private constructor(private readonly ports: KnownRevocationsPorts) {
    this.#list = new GrowingList((id) => ports.records.after(id));
  }

  /** @throws DomainError `unavailable` */
  static async open(ports: KnownRevocationsPorts): Promise<KnownRevocations> {
    const revocations = new KnownRevocations(ports);
    await revocations.#read();
    return revocations;
  }

  async all(): Promise<readonly Revocation[]> {
    await this.#read();
    return this.#list.known;
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
    let seen = this.#list.known;
    return this.ports.records.watch(async () => {
      await this.#read();
      if (this.#list.known === seen) return;
      seen = this.#list.known;
      onAdded();
    });
  }

  async #read(): Promise<void> {
    const atMs = this.ports.monotonicMs();
    const added = await this.#list.look();
    this.#readAtMs = Math.max(this.#readAtMs, atMs);
    for (const revocation of added) this.#bySerial.set(revocation.serial, revocation);
  }
}
