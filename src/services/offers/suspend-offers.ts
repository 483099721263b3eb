import { circumstance } from '../../core/circumstances/catalogue';
import { sayAny, sayWhy } from '../../core/circumstances/sentences';
import type { Why } from '../../core/reasons/why';
import { theServer } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import type { Catalog } from '../catalog/catalog';
import type { FleetListing } from '../../ports/fleet-queries';
import type { ManageDevices } from '../devices/manage-devices';
import type { Clock } from '../../ports/clock';

export interface SuspendPorts {
  readonly catalog: Catalog;
  readonly manageDevices: Pick<ManageDevices, 'decideAll'>;
  readonly listing: Pick<FleetListing, 'list'>;
  readonly now: Clock;
}

const heldAtOnce = 500;

/**
 * Stops all offers until people have checked: pauses every rollout, even if its bundle is lost at the moment, and holds every pinned
 * device. If it was interrupted, calling it again continues.
 * @throws DomainError `storage-full`, `unavailable`
 */
export function createSuspendOffers({ catalog, manageDevices, listing, now }: SuspendPorts) {
  return async (reason: Why): Promise<void> => {
    await catalog.exclusively(() => pauseAll(catalog, reason, now()));
    for (;;) {
      const query = {
        isPinned: true,
        isHeld: false,
        sort: 'id',
        isDescending: false,
        limit: heldAtOnce,
      } as const;
      const { devices } = await listing.list(query);
      if (devices.length === 0) return;
      const ids = devices.map(({ device }) => device.id);
      const why = circumstance('held-with-pin', { why: reason });
      const { failed } = await manageDevices.decideAll(ids, (plans) => plans.hold(why), theServer);
      const refused = failed.find(({ error }) => error.code !== 'not-found'); // `not-found` means a device that was forgotten meanwhile
      if (refused !== undefined) throw refused.error;
    }
  };
}

async function pauseAll(catalog: Catalog, reason: Why, at: Date): Promise<void> {
  for (const { id, compatible, channel, bundleName, rollout } of catalog.allCurrent()) {
    const { state, step } = rollout;
    if (state === 'aborted' || sayAny(rollout.reason)?.startsWith(sayWhy(reason)) === true) continue;
    const isPaused = state === 'paused';
    const why = isPaused
      ? circumstance('rollout-paused-before', { why: reason, before: rollout.reason })
      : reason;
    const paused = {
      ...rollout,
      state: 'paused',
      reason: why,
      changedBy: theServer.name,
      changedAt: at,
    } as const;
    await catalog.commit({
      rollout: { releaseId: id, rollout: paused },
      events: () => [
        {
          kind: 'rollout.paused',
          at,
          actor: theServer,
          reason: saying('rollout-paused', { bundle: bundleName, why: paused.reason }),
          subject: { compatible, channel, bundleName, releaseId: id },
          before: { state, step },
          after: { state: 'paused', step },
        },
      ],
    });
  }
}
