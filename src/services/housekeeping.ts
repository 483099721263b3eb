import { SharedRun } from '../base/collections/shared-run';
import { theServer } from '../core/event';
import { endingAs, isOpen } from '../core/installation-states';
import type { AdvanceRollouts } from './rollouts/advance-rollouts';
import type { CheckStoredImages } from './catalog/check-stored-images';
import type { Fleet } from './devices/fleet';
import type { FleetHistory } from './overview/fleet-history';
import type { DeviceRecords } from '../ports/devices';
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

/** @returns what does the fleet's chores, one run at a time; call it about once a second. It never rejects. */
export function createHousekeeping({
  fleet,
  devices,
  advanceRollouts,
  fleetHistory,
  judgeBundles,
  checkStoredImages,
  pauseUntrusted,
  sendWebhooks,
  watchRestores,
  journal,
  eventRetentionMs,
  lostAfterMs,
  log,
  now,
}: HousekeepingPorts): () => Promise<void> {
  let lookedAtMs = -Infinity;
  let prunedAtMs = -Infinity;
  let isFailing = false;
  const runs = new SharedRun(runOnce);

  function findLost(at: Date): boolean {
    const silent = devices.silentSince(new Date(at.getTime() - lostAfterMs), lostAtOnce);
    for (const id of silent) {
      const installation = fleet.find(id)?.installation ?? null;
      if (installation === null || !isOpen(installation)) continue;
      // What a person called off must not go on when the device comes back.
      const state = endingAs(installation, 'lost');
      const message = 'the device has not been heard of';
      const lost = changed(installation, { state, message }, { at, actor: theServer });
      fleet.change(id, { installations: [lost.installation], events: lost.events });
    }
    return silent.length === lostAtOnce;
  }

  async function runOnce(): Promise<void> {
    try {
      await watchRestores.settle();
      await fleet.flush();
      const at = now();
      if (Math.abs(at.getTime() - lookedAtMs) >= lookForLostEveryMs) {
        const hasMore = findLost(at);
        if (!hasMore) lookedAtMs = at.getTime();
      }
      await pauseUntrusted();
      await advanceRollouts.advance();
      if (Math.abs(at.getTime() - prunedAtMs) >= pruneEveryMs) {
        const pruned = await journal.prune(new Date(at.getTime() - eventRetentionMs), prunedAtOnce);
        if (pruned < prunedAtOnce) prunedAtMs = at.getTime();
      }
      await fleetHistory.record();
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.error({ err: error }, 'what devices told can not be written at the moment');
      isFailing = true;
    }
  }

  return () => {
    // A receiver may take its time, and so may a thousand signatures or a large image: nobody waits for them.
    void sendWebhooks.run();
    void judgeBundles.run();
    void checkStoredImages.run();
    return runs.start();
  };
}
