import type { Clock } from '../../ports/clock';
import type { Kept, RetentionMark, RetentionRecords } from '../../ports/up-time';
import type { UpTime } from './up-time';

export interface RetentionPorts {
  readonly records: RetentionRecords;
  readonly upTime: Pick<UpTime, 'upMs' | 'sureAt'>;
  readonly now: Clock;
}

/** How much old data may be deleted while the server is up: two days' worth a day. */
const pace = 2;
/** How far the saved state may lag: after a kill, at most this much is deleted again. */
const saveEveryMs = 10 * 60_000;

/** Says what is old enough to delete. A clock far ahead does not make everything old at once. */
export class Retention {
  readonly #marks: Map<Kept, RetentionMark>;
  readonly #saved: Map<Kept, RetentionMark>;

  private constructor(
    private readonly ports: RetentionPorts,
    marks: readonly RetentionMark[],
  ) {
    this.#marks = new Map(marks.map((mark) => [mark.what, mark]));
    this.#saved = new Map(this.#marks);
  }

  /** @throws DomainError `unavailable` */
  static async start(ports: RetentionPorts): Promise<Retention> {
    return new Retention(ports, await ports.records.all());
  }

  /**
   * The time before which things may be deleted.
   * @param keptMs how long they stay
   * @throws DomainError `storage-full`, `unavailable`: nothing may be deleted then
   */
  async before(what: Kept, keptMs: number): Promise<Date> {
    const { upTime, now } = this.ports;
    const upMs = upTime.upMs();
    const wantedMs = now().getTime() - keptMs;
    const known = this.#marks.get(what);
    const allowedMs =
      known === undefined
        ? Math.min(wantedMs, (upTime.sureAt() ?? now()).getTime() - keptMs)
        : known.before.getTime() + pace * (upMs - known.upMs);
    const beforeMs = Math.min(wantedMs, allowedMs);
    const mark = { what, before: new Date(Math.max(beforeMs, known?.before.getTime() ?? -Infinity)), upMs };
    await this.#save(mark);
    this.#marks.set(what, mark);
    return new Date(beforeMs);
  }

  async #save(mark: RetentionMark): Promise<void> {
    const saved = this.#saved.get(mark.what);
    if (saved !== undefined && mark.upMs - saved.upMs < saveEveryMs) return;
    await this.ports.records.save(mark);
    this.#saved.set(mark.what, mark);
  }
}
