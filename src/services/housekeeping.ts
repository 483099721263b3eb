import { SharedRun } from '../base/collections/shared-run';
import { theServer } from '../core/event';
import { endingAs, isOpen } from '../core/installation-states';
import type { AdvanceRollouts } from './rollouts/advance-rollouts';
import type { CheckStoredImages } from './catalog/check-stored-images';
import type { Fleet } from './devices/fleet';
import type { FleetHistory } from './overview/fleet-history';
import type { DeviceUpdate } from '../ports/device-updates';
import type { DeviceRecord, DeviceRecords } from '../ports/devices';
import { changed } from './devices/installation-events';
import type { JudgeBundles } from './catalog/judge-bundles';
import type { Log } from '../ports/log';
import type { PauseUntrusted } from './rollouts/pause-untrusted';
import type { JournalRecords } from '../ports/journal';
import type { SendWebhooks } from './webhooks/send-webhooks';
import type { WatchRestores } from './startup/watch-restores';
import type { Clock } from '../ports/clock';

export interface HousekeepingPorts {
  readonly fleet: Fleet;
  readonly devices: Pick<DeviceRecords, 'silentSince'>;
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
  /** After so long without a contact an installation counts as lost, in milliseconds. */
  readonly lostAfterMs: number;
  readonly log: Log;
  readonly now: Clock;
}

const lookForLostEveryMs = 30_000;
/** So many at a time, so that a clock that was set forward does not stop everything. */
const lostAtOnce = 200;
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
    const { watchRestores, fleet, pauseUntrusted, advanceRollouts, fleetHistory, log, now } = this.ports;
    try {
      await watchRestores.settle();
      await fleet.flush();
      const at = now();
      if (isDue(this.#lookedAtMs, at, lookForLostEveryMs) && !(await this.#findLost(at)))
        this.#lookedAtMs = at.getTime();
      await pauseUntrusted();
      await advanceRollouts.advance();
      if (isDue(this.#prunedAtMs, at, pruneEveryMs) && !(await this.#prune(at)))
        this.#prunedAtMs = at.getTime();
      await fleetHistory.record();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.error({ err: error }, 'what devices told can not be written at the moment');
      this.#isFailing = true;
    }
  }

  /** @returns whether there may be more of them */
  async #findLost(at: Date): Promise<boolean> {
    const { devices, fleet, lostAfterMs } = this.ports;
    const silent = devices.silentSince(new Date(at.getTime() - lostAfterMs), lostAtOnce);
    await Promise.all(silent.map((id) => fleet.update(id, ({ record }) => takeForLost(record, at))));
    return silent.length === lostAtOnce;
  }

  /** @returns whether there may be more to prune */
  async #prune(at: Date): Promise<boolean> {
    const { journal, eventRetentionMs } = this.ports;
    return (await journal.prune(new Date(at.getTime() - eventRetentionMs), prunedAtOnce)) === prunedAtOnce;
  }
}

function takeForLost(record: DeviceRecord | undefined, at: Date): DeviceUpdate<void> {
  const installation = record?.installation ?? null;
  if (installation === null || !isOpen(installation)) return { answer: undefined };
  // What a person called off must not go on when the device comes back.
  const state = endingAs(installation, 'lost');
  const message = 'the device has not been heard of';
  const lost = changed(installation, { state, message }, { at, actor: theServer });
  return { answer: undefined, installations: [lost.installation], events: lost.events };
}

/** A clock that was set back makes it due, too. */
function isDue(doneAtMs: number, at: Date, everyMs: number): boolean {
  return Math.abs(at.getTime() - doneAtMs) >= everyMs;
}
