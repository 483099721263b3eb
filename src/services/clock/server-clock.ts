import type { ClockTrouble } from '../../core/server-clock';
import type { Clock, MonotonicClock } from '../../ports/clock';
import type { DismissalRecords } from '../../ports/dismissals';
import type { JournalRecords } from '../../ports/journal';
import type { Log } from '../../ports/log';
import type { Store } from '../../ports/store';
import { Retention } from './retention';
import { UpTime } from './up-time';

export interface ServerClockPorts {
  readonly store: Pick<Store, 'upTime' | 'retention'> & {
    readonly journal: Pick<JournalRecords, 'lastAt'>;
    readonly dismissals: Pick<DismissalRecords, 'all'>;
  };
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
  /** By how much the machine's clock has jumped, in milliseconds, while {@link now} does not follow it; else `null`. */
  readonly doubtMs: () => number | null;
  readonly log: Log;
}

/** Watches the server's own clock, and reports when it looks wrong. */
export class ServerClock {
  #told: ClockTrouble['kind'] | null = null;

  private constructor(
    private readonly ports: ServerClockPorts,
    readonly upTime: UpTime,
    readonly retention: Retention,
  ) {}

  /** @throws DomainError `storage-full`, `unavailable` */
  static async start(ports: ServerClockPorts): Promise<ServerClock> {
    const { store, now, monotonicMs } = ports;
    const upTime = await UpTime.start({
      records: store.upTime,
      lastLineAt: await store.journal.lastAt(),
      now,
      monotonicMs,
    });
    const retention = await Retention.start({ records: store.retention, upTime, now });
    const clock = new ServerClock(ports, upTime, retention);
    clock.#tell();
    return clock;
  }

  /** Why the clock looks wrong; `null` when it does not. */
  trouble(): ClockTrouble | null {
    const trouble = this.upTime.trouble();
    const byMs = this.ports.doubtMs();
    const sureAt = this.upTime.sureAt();
    return byMs !== null && sureAt !== null ? { kind: 'jumped', byMs, sureAt, isFollowed: false } : trouble;
  }

  /** Checks the clock. Call it about once a second. @throws DomainError `storage-full`, `unavailable` */
  async run(): Promise<void> {
    await this.#hearPeople();
    this.#tell();
    await this.upTime.run();
  }

  /** Dismissing the attention item about the clock confirms that the clock is right. */
  async #hearPeople(): Promise<void> {
    const trouble = this.upTime.trouble();
    if (trouble === null) return;
    const subject = subjectOf(trouble);
    const dismissed = await this.ports.store.dismissals.all();
    if (dismissed.some((one) => one.kind === 'clock' && one.subject === subject)) this.upTime.accept();
  }

  /** Logs each problem once, and its end. */
  #tell(): void {
    const trouble = this.trouble();
    const kind = trouble?.kind ?? null;
    if (kind === this.#told) return;
    this.#told = kind;
    const { log } = this.ports;
    if (trouble === null) {
      log.info({}, "the server's clock looks right again");
      return;
    }
    const facts = { clock: trouble.kind, seconds: Math.round(trouble.byMs / 1000), since: trouble.sureAt };
    log.error(facts, "the server's clock looks wrong: check it, and that NTP is running");
  }
}

/** The subject of the attention item. It stays the same as long as the clock is wrong. */
export function subjectOf({ sureAt }: ClockTrouble): string {
  return sureAt.toISOString();
}
