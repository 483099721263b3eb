import type { Device } from '../../core/device';
import type { Actor } from '../../core/event';
import type { Installation } from '../../core/installation';
import { isCancelled, isFailure } from '../../core/installation-states';
import { saying } from '../../core/journal/catalogue';
import { circumstance } from '../../core/circumstances/catalogue';
import { unprovenDownloads, untoldTries } from '../../core/silent-poller';
import type { Clock } from '../../ports/clock';
import type { Catalog } from '../catalog/catalog';
import type { PlanIntervention } from '../../ports/fleet-decisions';
import { changed } from './installation-events';
import { deviceLine } from './plan-decisions';
import { clearSuspicions } from './clear-suspicions';

export interface ClearingPorts {
  readonly catalog: Pick<Catalog, 'find'>;
  /** How often a bundle may be tried on one device. */
  readonly maxTries: number;
  readonly now: Clock;
}

/** Clears bundles that failed, were interrupted or were cancelled, so that they can be tried again. */
export function planClearing({ catalog, maxTries, now }: ClearingPorts, actor: Actor): PlanIntervention {
  const at = now();

  /** Whether its own poller has used all its tries of a bundle without reporting a result. */
  function hasUsedItsTries(
    { pollerOmits }: Device,
    installation: Installation | null,
  ): installation is Installation {
    const unproven = unprovenDownloads(pollerOmits, installation);
    if (unproven === null || unproven.isFailure || installation === null) return false;
    const bundle = catalog.find(installation.bundleName);
    return bundle?.sha256 === unproven.sha256 && untoldTries(unproven, bundle) >= maxTries;
  }

  return ({ device, installation }, installations) => {
    const cleared = installations.filter(isToClear).map((one) => ({ ...one, clearedAt: at }));
    const again = hasUsedItsTries(device, installation)
      ? changed(
          installation,
          { state: 'withdrawn', message: circumstance('installation-retried', { by: actor.name }) },
          { at, actor },
        )
      : null;
    const freed = [...cleared, ...(again === null ? [] : [again.installation])];
    const isSuspected = clearSuspicions(device) !== device;
    if (freed.length === 0 && !isSuspected) return { installations: [], events: [], change: undefined };
    const bundles = [...new Set(freed.map(({ bundleName }) => bundleName))];
    const reason = saying('device-failures-cleared', { device: device.id, bundles });
    const line = deviceLine('device.failures-cleared', device, { reason, actor, at });
    return {
      installations: freed,
      events: [...(again?.events ?? []), { ...line, after: { bundles } }],
      change: isSuspected ? clearSuspicions : undefined,
    };
  };
}

function isToClear(installation: Installation): boolean {
  if (installation.clearedAt !== null) return false;
  return isFailure(installation) || isCancelled(installation) || installation.state === 'interrupted';
}
