import type { JournalRecords } from '../ports/journal';
import type { WebhookDeliveries } from '../ports/webhook-deliveries';
import type { CheckStoredImages } from './catalog/check-stored-images';
import type { HashStoredBundles } from './catalog/hash-stored-bundles';
import type { JudgeBundles } from './catalog/judge-bundles';
import type { ServerClock } from './clock/server-clock';
import type { FindLost } from './devices/find-lost';
import type { Fleet } from '../ports/fleet';
import type { FleetHistory } from './overview/fleet-history';
import type { StorageWatch } from './overview/watch-storage';
import type { WritabilityWatch } from './overview/watch-writability';
import type { AdvanceRollouts } from './rollouts/advance-rollouts';
import type { PauseUntrusted } from './rollouts/pause-untrusted';
import { type Chore, eachLook, moreToDo } from './run-chores';
import type { WatchRestores } from './startup/watch-restores';
import type { SendWebhooks } from './webhooks/send-webhooks';

export interface HousekeepingPorts {
  readonly fleet: Pick<Fleet, 'flush'>;
  readonly findLost: FindLost;
  readonly serverClock: Pick<ServerClock, 'run' | 'retention'>;
  readonly advanceRollouts: Pick<AdvanceRollouts, 'advance'>;
  readonly fleetHistory: Pick<FleetHistory, 'record'>;
  readonly judgeBundles: Pick<JudgeBundles, 'run'>;
  readonly checkStoredImages: Pick<CheckStoredImages, 'run'>;
  readonly hashStoredBundles: Pick<HashStoredBundles, 'run'>;
  readonly pauseUntrusted: PauseUntrusted;
  readonly sendWebhooks: Pick<SendWebhooks, 'begin'>;
  readonly watchRestores: Pick<WatchRestores, 'run'>;
  readonly watchStorage: Pick<StorageWatch, 'run'>;
  readonly watchWritability: Pick<WritabilityWatch, 'run'>;
  readonly journal: Pick<JournalRecords, 'prune'>;
  readonly deliveries: Pick<WebhookDeliveries, 'prune'>;
  /** How long lines about what devices did stay in the journal, in milliseconds. */
  readonly eventRetentionMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const prunedAtOnce = 1_000;
/** How long people see the outcome of a delivery and can replay it. */
const deliveriesKeptMs = 30 * 24 * hourMs;

/** Chores that run one after the other in the order of the list, so each sees the results of the previous ones. */
const inTurn = { isWaitedFor: true, limitMs: minuteMs } as const;
/** Chores that may take long: a receiver, a thousand signatures, a large image. No other chore waits for them. */
const besides = { isWaitedFor: false } as const;

/** The fleet's chores, in the order in which they run. */
export function fleetChores(ports: HousekeepingPorts): readonly Chore[] {
  const { fleet, findLost, serverClock, journal, deliveries, eventRetentionMs } = ports;
  return [
    {
      name: 'storage-writes',
      everyMs: eachLook,
      runsOn: 'every-node',
      ...inTurn,
      run: () => ports.watchWritability.run(),
    },
    {
      name: 'restores',
      everyMs: eachLook,
      runsOn: 'every-node',
      ...inTurn,
      run: () => ports.watchRestores.run(),
    },
    { name: 'device-writes', everyMs: eachLook, runsOn: 'every-node', ...inTurn, run: () => fleet.flush() },
    {
      name: 'lost-installations',
      everyMs: 30_000,
      runsOn: 'leader',
      ...inTurn,
      run: async () => ((await findLost()) ? moreToDo : undefined),
    },
    {
      name: 'untrusted-rollouts',
      everyMs: eachLook,
      runsOn: 'leader',
      ...inTurn,
      run: ports.pauseUntrusted,
    },
    {
      name: 'rollouts',
      everyMs: eachLook,
      runsOn: 'leader',
      ...inTurn,
      run: () => ports.advanceRollouts.advance(),
    },
    {
      name: 'journal-retention',
      everyMs: hourMs,
      runsOn: 'leader',
      ...inTurn,
      run: async () => {
        const before = await serverClock.retention.before('journal', eventRetentionMs);
        return (await journal.prune(before, prunedAtOnce)) === prunedAtOnce ? moreToDo : undefined;
      },
    },
    {
      name: 'webhook-retention',
      everyMs: hourMs,
      runsOn: 'leader',
      ...inTurn,
      run: async () => {
        const before = await serverClock.retention.before('webhook-deliveries', deliveriesKeptMs);
        return (await deliveries.prune(before, prunedAtOnce)) === prunedAtOnce ? moreToDo : undefined;
      },
    },
    {
      name: 'fleet-history',
      everyMs: eachLook, // it checks the clock, and takes a snapshot every ten minutes
      runsOn: 'leader',
      ...inTurn,
      run: () => ports.fleetHistory.record(),
    },
    {
      name: 'server-clock',
      everyMs: eachLook,
      runsOn: 'every-node',
      ...inTurn,
      run: () => serverClock.run(),
    },
    {
      name: 'storage',
      everyMs: minuteMs,
      runsOn: 'every-node',
      ...inTurn,
      run: () => ports.watchStorage.run(),
    },
    {
      name: 'webhooks',
      everyMs: eachLook,
      runsOn: 'leader',
      ...besides,
      limitMs: minuteMs,
      run: () => ports.sendWebhooks.begin(),
    },
    {
      name: 'bundle-verdicts',
      everyMs: eachLook,
      runsOn: 'leader',
      ...besides,
      limitMs: hourMs,
      run: () => ports.judgeBundles.run(),
    },
    {
      name: 'image-checks',
      everyMs: eachLook,
      retryMs: minuteMs,
      runsOn: 'leader',
      ...besides,
      limitMs: 24 * hourMs,
      run: () => ports.checkStoredImages.run(),
    },
    {
      name: 'bundle-hashes',
      everyMs: minuteMs,
      runsOn: 'leader',
      ...besides,
      limitMs: 24 * hourMs,
      run: () => ports.hashStoredBundles.run(),
    },
  ];
}
