import { theServer } from '../core/event';
import { DomainError } from '../core/errors';
import type { Release } from '../core/release';
import { nextMove, type RolloutMove } from '../core/rollout';
import type { Catalog } from './catalog';
import { countStepDevices, type CountPorts, type StepDevices } from './count-step-devices';
import type { ReleaseCounters } from './release-counters';
import type { Log } from './log';
import type { ManageRollouts } from './manage-rollouts';

/** Moves rollouts by themselves, as their policies say. */
export interface AdvanceRollouts {
  /** Why a release must not be offered any more although nobody has paused it yet; `null` when it may. Cheap. */
  pauseReason(release: Release): string | null;
  /** The newest count of a release's devices; `undefined` when it was never counted. */
  counted(releaseId: number): StepDevices | undefined;
  /** Counts now. */
  count(release: Release): Promise<StepDevices>;
  /** Makes the moves that are due. */
  advance(): Promise<void>;
}

export interface AdvancePorts extends CountPorts {
  readonly catalog: Catalog;
  readonly counters: ReleaseCounters;
  readonly manageRollouts: ManageRollouts;
  readonly log: Log;
}

/** A count reads the whole registry: not more often, even when devices come all the time. */
const countEveryMs = 5_000;
/** And not less often: devices come and go without an event for this release. */
const countAgainAfterMs = 60_000;

export function createAdvanceRollouts(ports: AdvancePorts): AdvanceRollouts {
  const { catalog, counters, manageRollouts, log, now } = ports;
  const counts = new Map<number, StepDevices & { readonly revision: number }>();

  function moveOf(release: Release, counted: StepDevices | undefined): RolloutMove | null {
    const { step } = release.rollout;
    return nextMove(release.rollout, {
      devices: counted?.devices[step] ?? null,
      proven: counted?.proven[step] ?? 0,
      failures: counters.failures(release.id),
    });
  }

  async function count(release: Release): Promise<StepDevices> {
    const revision = counters.revision(release.id);
    const counted = { ...(await countStepDevices(ports, release)), revision };
    counts.set(release.id, counted);
    return counted;
  }

  function mustCount({ id }: Release): boolean {
    const counted = counts.get(id);
    if (counted === undefined) return true;
    const ageMs = Math.abs(now().getTime() - counted.countedAt.getTime());
    return ageMs >= (counted.revision === counters.revision(id) ? countAgainAfterMs : countEveryMs);
  }

  async function advanceOne(release: Release): Promise<void> {
    const { policy } = release.rollout;
    if (policy.promoteAtPercent === null && policy.pauseAtPercent === null && policy.pauseAtFailures === null)
      return;
    if (mustCount(release)) await count(release);
    // Meanwhile a person may have moved it.
    const present = catalog.findRelease(release.id);
    const move = present === undefined ? null : moveOf(present, counts.get(release.id));
    if (present === undefined || move === null) return;
    await (move.kind === 'pause'
      ? manageRollouts.pause(release.id, move.reason, theServer)
      : manageRollouts.promote(release.id, present.rollout.step, theServer, move.reason));
  }

  return {
    pauseReason(release) {
      const move = moveOf(release, counts.get(release.id));
      return move?.kind === 'pause' ? move.reason : null;
    },
    counted: (releaseId) => counts.get(releaseId),
    count,
    async advance() {
      const releases = catalog.releases();
      const current = new Set(releases.map(({ id }) => id));
      for (const id of [...counts.keys()]) if (!current.has(id)) counts.delete(id);
      for (const release of releases) {
        if (release.rollout.state !== 'running') continue;
        await advanceOne(release).catch((error: unknown) => {
          // Somebody was faster: the next look decides anew.
          if (error instanceof DomainError && error.code === 'conflict') return;
          log.error({ err: error, release: release.id }, 'a rollout could not be moved');
        });
      }
    },
  };
}
