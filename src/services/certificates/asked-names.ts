import { askedNameLifetimeMs } from '../../core/server-certificate';
import type { AskedNameRecords } from '../../ports/asked-names';
import type { Clock } from '../../ports/clock';

export interface AskedNamesPorts {
  readonly records: AskedNameRecords;
  readonly now: Clock;
}

interface Asked {
  readonly atMs: number;
  /** The time on disk; -Infinity for none. */
  savedMs: number;
}

/** A name that was asked for within this time costs only a look-up. */
const freshMs = 60_000;
/** How far the time on disk may lag behind memory: names stay in use for days. */
const savedAgainAfterMs = 3_600_000;
/** Behind a wildcard, a device can ask for any number of names. */
const maxNames = 1_000;
const maxNameLength = 255;

/** Which server names and addresses devices asked for in recent days, across restarts. Bounded in memory and on disk. */
export class AskedNames {
  /** In the order in which they were asked for. */
  readonly #names = new Map<string, Asked>();

  private constructor(private readonly ports: AskedNamesPorts) {}

  /** Loads the saved names. @throws DomainError `unavailable` */
  static async open(ports: AskedNamesPorts): Promise<AskedNames> {
    const asked = new AskedNames(ports);
    for (const { name, askedAt } of await ports.records.all()) {
      const atMs = askedAt.getTime();
      asked.#names.set(name, { atMs, savedMs: atMs });
    }
    return asked;
  }

  /** @param isWanted whether the certificate has a name; called only for names that are not fresh */
  note(name: string, isWanted: (name: string) => boolean): void {
    const canonical = name.toLowerCase().replace(/\.$/, '');
    const atMs = this.ports.now().getTime();
    const known = this.#names.get(canonical);
    if (known !== undefined && Math.abs(atMs - known.atMs) < freshMs) return;
    if (canonical === '' || canonical.length > maxNameLength || !isWanted(canonical)) return;
    this.#names.delete(canonical); // moves it to the end
    this.#names.set(canonical, { atMs, savedMs: known?.savedMs ?? -Infinity });
    const [oldest] = this.#names.keys();
    if (this.#names.size > maxNames && oldest !== undefined) this.#names.delete(oldest);
  }

  /** Names of the last 7 days. */
  recent(): readonly string[] {
    const nowMs = this.ports.now().getTime();
    return [...this.#names]
      .filter(([, { atMs }]) => Math.abs(nowMs - atMs) <= askedNameLifetimeMs)
      .map(([name]) => name);
  }

  /** Reads what other servers have saved since. @throws DomainError `unavailable` */
  async learn(): Promise<void> {
    for (const { name, askedAt } of await this.ports.records.all()) {
      const atMs = askedAt.getTime();
      if (atMs > (this.#names.get(name)?.atMs ?? -Infinity)) this.#names.set(name, { atMs, savedMs: atMs });
    }
    const known = [...this.#names].sort(([, one], [, other]) => one.atMs - other.atMs);
    this.#names.clear();
    for (const [name, asked] of known.slice(-maxNames)) this.#names.set(name, asked);
  }

  /** Saves what is new. Call it about once a minute: anything unsaved stays due. @throws DomainError `storage-full`, `unavailable` */
  async save(): Promise<void> {
    const due = [...this.#names].filter(
      ([, { atMs, savedMs }]) => Math.abs(atMs - savedMs) >= savedAgainAfterMs,
    );
    if (due.length === 0) return;
    const written = due.map(([name, asked]) => ({ name, asked, atMs: asked.atMs }));
    const names = written.map(({ name, atMs }) => ({ name, askedAt: new Date(atMs) }));
    await this.ports.records.save(names, maxNames);
    for (const { asked, atMs } of written) asked.savedMs = atMs;
  }
}
