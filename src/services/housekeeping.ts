import { SharedRun } from '../base/collections/shared-run';
import type { AdvanceRollouts } from './rollouts/advance-rollouts';
import type { CheckStoredImages } from './catalog/check-stored-images';
import type { ServerClock } from './clock/server-clock';
import type { FindLost } from './devices/find-lost';
import type { Fleet } from './devices/fleet';
import type { FleetHistory } from './overview/fleet-history';
import type { JudgeBundles } from './catalog/judge-bundles';
import type { Log } from '../ports/log';
import type { PauseUntrusted } from './rollouts/pause-untrusted';
import type { JournalRecords } from '../ports/journal';
import type { SendWebhooks } from './webhooks/send-webhooks';
import type { WatchRestores } from './startup/watch-restores';
import type { Clock } from '../ports/clock';

export interface HousekeepingPorts {
  readonly fleet: Pick<Fleet, 'flush'>;
  readonly findLost: FindLost;
  readonly serverClock: Pick<ServerClock, 'run' | 'retention'>;
  readonly advanceRollouts: Pick<AdvanceRollouts, 'advance'>;
  readonly fleetHistory: Pick<FleetHistory, 'record'>;
  readonly judgeBundles: Pick<JudgeBundles, 'run'>;
  readonly checkStoredImages: Pick<CheckStoredImages, 'run'>;
  readonly pauseUntrusted: PauseUntrusted;
  readonly sendWebhooks: Pick<SendWebhooks, 'run'>;
  readonly watchRestores: Pick<WatchRestores, 'settle'>;
  readonly journal: Pick<JournalRecords, 'prune'>;
  /** How long lines about what devices did stay in the journal, in milliseconds. */
  readonly eventRetentionMs: number;
  readonly log: Log;
  readonly now: Clock;
}

const lookForLostEveryMs = 30_000;
const pruneEveryMs = 3_600_000;
const prunedAtOnce = 1_000;

/** The fleet's chores, one run at a time. */
export class Housekeeping {
  #lookedAtMs = -Infinity;
  #prunedAtMs = -Infinity;
  #isFailing = false;
  readonly #runs = new SharedRun(() => this.#runOnce());

  constructor(private readonly ports: HousekeepingPorts) {}

  /** Call it about once a second. It never rejects. */
  run(): Promise<void> {
    // A receiver may take its time, and so may a thousand signatures or a large image: nobody waits for them.
    void this.ports.sendWebhooks.run();
    void this.ports.judgeBundles.run();
    void this.ports.checkStoredImages.run();
    return this.#runs.start();
  }

  async #runOnce(): Promise<void> {
    const {
      watchRestores,
      fleet,
      findLost,
      pauseUntrusted,
      advanceRollouts,
      fleetHistory,
      serverClock,
      log,
      now,
    } = this.ports;
    try {
      await watchRestores.settle();
      await fleet.flush();
      const at = now();
      if (isDue(this.#lookedAtMs, at, lookForLostEveryMs) && !(await findLost()))
        this.#lookedAtMs = at.getTime();
      await pauseUntrusted();
      await advanceRollouts.advance();
      if (isDue(this.#prunedAtMs, at, pruneEveryMs) && !(await this.#prune()))
        this.#prunedAtMs = at.getTime();
      await fleetHistory.record();
      await serverClock.run();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.error({ err: error }, 'what devices told can not be written at the moment');
      this.#isFailing = true;
    }
  }

  /** @returns whether there may be more to prune */
  async #prune(): Promise<boolean> {
    const { journal, serverClock, eventRetentionMs } = this.ports;
    const before = await serverClock.retention.before('journal', eventRetentionMs);
    return (await journal.prune(before, prunedAtOnce)) === prunedAtOnce;
  }
}

/** A clock that was set back makes it due, too. */
function isDue(doneAtMs: number, at: Date, everyMs: number): boolean {
  return Math.abs(at.getTime() - doneAtMs) >= everyMs;
}
