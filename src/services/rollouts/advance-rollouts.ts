import { theServer } from '../../core/event';
import { DomainError } from '../../core/errors';
import type { Release } from '../../core/release';
import { nextMove, type RolloutMove } from '../../core/rollout';
import type { Catalog } from '../catalog/catalog';
import { countStepDevices, type CountPorts, type StepDevices } from './count-step-devices';
import type { ReleaseCounters } from '../devices/release-counters';
import type { Log } from '../../ports/log';
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

interface Count extends StepDevices {
  /** Of the release's installations when the count began. */
  readonly revision: number;
}

/** A count reads the whole registry: not more often, even when devices come all the time. */
const countEveryMs = 5_000;
/** And not less often: devices come and go without an event for this release. */
const countAgainAfterMs = 60_000;

export function createAdvanceRollouts(ports: AdvancePorts): AdvanceRollouts {
  const { catalog, counters, manageRollouts, log, now } = ports;
  const counts = new Map<number, Count>();
  const counting = new Map<number, Promise<Count>>();
  /** Releases whose last look failed: it is tried every second, and told once. */
  const failing = new Set<number>();

  function moveOf(release: Release): RolloutMove | null {
    const { step } = release.rollout;
    const counted = counts.get(release.id);
    return nextMove(release.rollout, {
      devices: counted?.devices[step] ?? null,
      proven: counted?.proven[step] ?? 0,
      failures: counters.failures(release.id),
    });
  }

  async function countNow(release: Release): Promise<Count> {
    const revision = counters.revision(release.id);
    const counted = { ...(await countStepDevices(ports, release)), revision };
    counts.set(release.id, counted);
    return counted;
  }

  /** Who asks while it counts gets that count. */
  function count(release: Release): Promise<Count> {
    const running = counting.get(release.id);
    if (running !== undefined) return running;
    const started = countNow(release).finally(() => counting.delete(release.id));
    counting.set(release.id, started);
    return started;
  }

  function mustCount(release: Release): boolean {
    if (!dependsOnCount(release)) return false;
    const counted = counts.get(release.id);
    if (counted === undefined) return true;
    const ageMs = Math.abs(now().getTime() - counted.countedAt.getTime());
    return ageMs >= (counted.revision === counters.revision(release.id) ? countAgainAfterMs : countEveryMs);
  }

  /** What is about to happen must not follow from what is known to be old. */
  async function moveByFreshCount(id: number): Promise<{ release: Release; move: RolloutMove } | undefined> {
    const release = catalog.findRelease(id);
    const counted = counts.get(id);
    if (release === undefined || moveOf(release) === null) return undefined;
    const isOld = counted !== undefined && counted.revision !== counters.revision(id);
    if (isOld && dependsOnCount(release)) await count(release);
    const present = catalog.findRelease(id); // meanwhile a person may have moved it
    const move = present === undefined ? null : moveOf(present);
    return present === undefined || move === null ? undefined : { release: present, move };
  }

  /** A device that was forgotten takes its failure along, also one that was forgiven: or it would hide the next one. */
  async function forgiveNoMore({ id, rollout }: Release): Promise<void> {
    if (counters.failures(id) >= rollout.forgivenFailures) return;
    await catalog.exclusively(async () => {
      const present = catalog.findRelease(id)?.rollout;
      if (present === undefined) return;
      const forgivenFailures = Math.min(present.forgivenFailures, counters.failures(id));
      await catalog.commit({ rollout: { releaseId: id, rollout: { ...present, forgivenFailures } } });
    });
  }

  async function advanceOne(release: Release): Promise<void> {
    const { id } = release;
    if (mustCount(release)) await count(release);
    const due = await moveByFreshCount(id);
    if (due === undefined) return;
    const { move } = due;
    await (move.kind === 'pause'
      ? manageRollouts.pause(id, move.reason, theServer)
      : manageRollouts.promote(id, due.release.rollout.step, theServer, move.reason));
  }

  return {
    pauseReason(release) {
      const move = moveOf(release);
      if (move !== null) return move.kind === 'pause' ? move.reason : null;
      const { state, policy, forgivenFailures } = release.rollout;
      if (state !== 'running' || policy.pauseAtPercent === null || counts.has(release.id)) return null;
      // A share of nobody knows how many: within a second they are counted.
      return counters.failures(release.id) > forgivenFailures ? 'its devices are being counted' : null;
    },
    counted: (releaseId) => counts.get(releaseId),
    count,
    async advance() {
      const releases = catalog.releases();
      const current = new Set(releases.map(({ id }) => id));
      for (const id of [...counts.keys()]) if (!current.has(id)) counts.delete(id);
      for (const release of releases) {
        if (release.rollout.state === 'aborted') continue;
        try {
          await forgiveNoMore(release);
          if (release.rollout.state === 'running') await advanceOne(release);
          failing.delete(release.id);
        } catch (error) {
          tellFailure(release, error);
        }
      }
    },
  };

  function tellFailure({ id }: Release, error: unknown): void {
    // Somebody was faster: the next look decides anew.
    if (error instanceof DomainError && (error.code === 'conflict' || error.code === 'not-found')) return;
    if (!failing.has(id)) log.error({ err: error, release: id }, 'a rollout can not be moved at the moment');
    failing.add(id);
  }
}

/** Whether a move depends on how many devices there are: counting them reads the whole channel. */
function dependsOnCount({ rollout: { policy, step } }: Release): boolean {
  const mayPromote = policy.promoteAtPercent !== null && step < policy.steps.length - 1;
  return mayPromote || policy.pauseAtPercent !== null;
}
