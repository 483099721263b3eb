import type { Bundle } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import type { Actor } from '../../core/event';
import type { Activation, Release } from '../../core/release';
import type { Rollout } from '../../core/rollout';
import type { Catalog, Current } from '../catalog/catalog';
import type { Fleet } from '../../ports/fleet';
import type { Log } from '../../ports/log';
import { tellUndone } from '../catalog/release-events';
import type { ReleaseResults } from '../../ports/catalog';
import type { Clock } from '../../ports/clock';

/** What was current before a release was made. */
export interface UndoTarget {
  readonly releaseId: number;
  readonly bundle: Bundle;
  /** The state in which it ended, and in which it comes back. */
  readonly rollout: Rollout;
  readonly forced: boolean;
}

interface Found {
  readonly undone: Current;
  readonly before: Activation | undefined;
}

/** Takes a release back as if it had never been made, as long as no device was offered it. */
export interface UndoRelease {
  /** What would be current then; `null` for nothing; `undefined` when the release cannot be undone. */
  preview(releaseId: number): Promise<UndoTarget | null | undefined>;
  /**
   * Brings back what was current before, as it was. The transaction that does so checks the devices.
   * @returns what is current then; `null` for nothing
   * @throws DomainError `not-found` when there is no such release, or the previous bundle is deleted; `conflict` when a device
   * was offered the release, or it is not the latest decision on its channel; `storage-full`, `unavailable`
   */
  undo(releaseId: number, actor: Actor): Promise<Release | null>;
}

export interface UndoPorts {
  readonly catalog: Catalog;
  readonly results: Pick<ReleaseResults, 'of' | 'wasOffered'>;
  readonly fleet: Pick<Fleet, 'hasOffered' | 'recount'>;
  /** Called after each change, as part of it. Never rejects. */
  readonly changed: () => Promise<void>;
  readonly log: Log;
  readonly now: Clock;
}

export function createUndoRelease({ catalog, results, fleet, changed, log, now }: UndoPorts): UndoRelease {
  /**
   * @param wasOffered according to the database; an offer made just now may still be only in memory
   * @throws DomainError `conflict`
   */
  function refuseOffered(releaseId: number, wasOffered: boolean): void {
    if (!fleet.hasOffered(releaseId) && !wasOffered) return;
    throw DomainError.of('release-offered-already', { releaseId });
  }

  /** @throws DomainError `not-found`, `conflict` */
  async function find(releaseId: number): Promise<Found> {
    const undone = catalog.allCurrent().find(({ id }) => id === releaseId);
    if (undone === undefined) throw await notCurrent(releaseId);
    const { compatible, channel } = undone;
    const [made, before] = await catalog.history({ compatible, channel, limit: 2 });
    if (made?.id !== releaseId) throw isBrought(releaseId);
    return { undone, before };
  }

  async function notCurrent(releaseId: number): Promise<DomainError> {
    const [line] = await catalog.history({ beforeId: releaseId + 1, limit: 1 });
    if (line?.releaseId !== releaseId) {
      return DomainError.of('no-such-release', { releaseId });
    }
    return DomainError.of('release-not-current-any-more', { releaseId });
  }

  async function targetOf(before: Activation | undefined): Promise<UndoTarget | null> {
    if (before === undefined || before.bundleName === null || before.releaseId === null) return null;
    const { releaseId, bundleName, forced } = before;
    const result = (await results.of([before])).get(before.id);
    if (result === undefined) throw new Error(`nothing is known of release ${releaseId}`);
    return { releaseId, bundle: catalog.get(bundleName), rollout: result.rollout, forced };
  }

  async function undo(releaseId: number, actor: Actor): Promise<Release | null> {
    const { undone, before } = await find(releaseId);
    refuseOffered(releaseId, await results.wasOffered(releaseId));
    const target = await targetOf(before);
    if (target !== null) await fleet.recount(target.releaseId);
    const { compatible, channel, bundleName } = undone;
    const line = await catalog.commit({
      ending: 'undone',
      guard: { releaseId, check: (wasOffered) => refuseOffered(releaseId, wasOffered) },
      activation: {
        compatible,
        channel,
        action: target === null ? 'deactivate' : 'activate',
        bundleName: target?.bundle.name ?? null,
        previousBundleName: bundleName,
        at: now(),
        by: actor.name,
        forced: target?.forced ?? false,
      },
      ...(target === null ? {} : { returning: { releaseId: target.releaseId, rollout: target.rollout } }),
      events: (made) =>
        made === undefined ? [] : [tellUndone(made, releaseId, actor.address, target?.rollout)],
    });
    log.info({ ...line, undone: releaseId }, 'release undone');
    await changed();
    return catalog.findCurrent(compatible, channel) ?? null;
  }

  return {
    async preview(releaseId) {
      try {
        refuseOffered(releaseId, await results.wasOffered(releaseId));
        const { before } = await find(releaseId);
        return await targetOf(before);
      } catch (error) {
        if (error instanceof DomainError && ['conflict', 'not-found'].includes(error.code)) return undefined;
        throw error;
      }
    },
    undo: (releaseId, actor) => catalog.exclusively(() => undo(releaseId, actor)),
  };
}

function isBrought(releaseId: number): DomainError {
  return DomainError.of('release-was-brought-back', { releaseId });
}
