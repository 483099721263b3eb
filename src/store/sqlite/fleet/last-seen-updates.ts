import type { Installation } from '../../../core/installation';
import type { Entry } from './fleet-entry';
import type { FleetRecords } from './fleet-records';

/** How many contacts to write at once: more would delay everything else. */
const maxAtOnce = 1_000;

/**
 * Frequent changes that a crash may lose: contacts that tell nothing new, repeated offers, bytes. They are written
 * together, one row per device however many there were.
 */
export class LastSeenUpdates {
  readonly #seen = new Set<Entry>();
  /** Seen devices whose latest installation is written too. */
  readonly #renewed = new Set<Entry>();
  /** Devices being written. */
  readonly #writing = new Set<Entry>();
  readonly #bytes = new Map<Entry, { readonly count: number; readonly at: Date }>();

  constructor(private readonly records: Pick<FleetRecords, 'writeSeen'>) {}

  /** A device made contact. */
  seen(entry: Entry): void {
    this.#seen.add(entry);
  }

  /** A device made contact, and its latest installation has a new number of polls or bytes, or a new end. */
  renewed(entry: Entry): void {
    this.#seen.add(entry);
    this.#renewed.add(entry);
  }

  countBytes(entry: Entry, count: number, at: Date): void {
    this.#bytes.set(entry, { count: (this.#bytes.get(entry)?.count ?? 0) + count, at });
  }

  /** Adds the bytes counted since then to the latest installation. */
  settleBytes(entry: Entry): void {
    const { installation } = entry.record;
    if (installation === null || !this.#bytes.has(entry)) return;
    entry.record = { ...entry.record, installation: this.withBytes(entry, installation) };
    this.renewed(entry);
  }

  /** Adds the bytes counted since then: they belong to this installation even if another follows. */
  withBytes(entry: Entry, installation: Installation): Installation {
    const counted = this.#bytes.get(entry);
    if (counted === undefined) return installation;
    this.#bytes.delete(entry);
    const { count, at } = counted;
    const { movedAt } = installation;
    return {
      ...installation,
      bytesSent: installation.bytesSent + count,
      movedAt: movedAt !== null && movedAt > at ? movedAt : at,
    };
  }

  /** Whether a device has something to write. */
  has(entry: Entry): boolean {
    return this.#seen.has(entry) || this.#bytes.has(entry);
  }

  /** Installations that were offered again, which the database may not know yet. */
  renewals(): readonly Installation[] {
    const entries = new Set([...this.#writing, ...this.#renewed]);
    return [...entries].flatMap(({ record }) => record.installation ?? []);
  }

  /** Drops what is pending about a device. */
  forget(entry: Entry): void {
    this.#seen.delete(entry);
    this.#renewed.delete(entry);
    this.#writing.delete(entry);
    this.#bytes.delete(entry);
  }

  /** @throws DomainError `storage-full`, `unavailable`: then it is retried with the next ones */
  async write(): Promise<void> {
    for (const entry of [...this.#bytes.keys()]) this.settleBytes(entry);
    const seen = [...this.#seen];
    for (let from = 0; from < seen.length; from += maxAtOnce)
      await this.#writeSome(seen.slice(from, from + maxAtOnce));
  }

  async #writeSome(entries: readonly Entry[]): Promise<void> {
    const seen = entries.filter((entry) => this.#seen.has(entry)); // not one that was forgotten meanwhile
    const renewed = new Set(seen.filter((entry) => this.#renewed.has(entry)));
    for (const entry of seen) {
      this.#seen.delete(entry);
      this.#renewed.delete(entry);
    }
    for (const entry of renewed) this.#writing.add(entry);
    try {
      await this.records.writeSeen(
        seen.map((entry) => {
          const { device, installation } = entry.record;
          return { device, installation: renewed.has(entry) ? installation : null };
        }),
      );
    } catch (error) {
      for (const entry of seen) this.#seen.add(entry);
      for (const entry of renewed) this.#renewed.add(entry);
      throw error;
    } finally {
      for (const entry of renewed) this.#writing.delete(entry);
    }
  }
}
