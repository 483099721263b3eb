import type { Bundle } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import type { NewEvent } from '../../core/event';
import { type Catalog, noBundle } from './catalog';
import type { BundleStorage } from '../../ports/bundle-storage';
import type { BundleNeeds } from '../../ports/catalog';
import type { Log } from '../../ports/log';
import type { Clock } from '../../ports/clock';

export interface DeleteBundle {
  /**
   * Deletes a bundle that is current nowhere. Its name stays bound to its bytes: other bytes never get it.
   * @throws DomainError `not-found`; `conflict` when it is current, or when devices install it or are pinned to it and nobody
   * insists (the message says where, and how many)
   */
  delete(request: {
    readonly name: string;
    /** Also when devices install it, which then fails there, or are pinned to it, which then get nothing. */
    readonly force?: boolean;
    readonly actor: string;
    /** Network address of the actor, if there is one. */
    readonly address?: string | null;
  }): Promise<Bundle>;
}

export interface DeletePorts {
  readonly catalog: Catalog;
  readonly storage: Pick<BundleStorage, 'remove'>;
  readonly log: Log;
  readonly now: Clock;
}

export function createDeleteBundle({ catalog, storage, log, now }: DeletePorts): DeleteBundle {
  return {
    delete: ({ name, force = false, actor, address = null }) =>
      catalog.exclusively(async () => {
        const bundle = catalog.findKnown(name);
        if (bundle === undefined) throw noBundle(name);
        refuseActive(catalog, name);
        // First the row, so that it is served no more; killed between, the next start removes the file.
        const at = now();
        const { sha256, compatible } = bundle;
        const line: NewEvent = {
          kind: 'bundle.deleted',
          at,
          actor: { name: actor, address },
          message: `${name} was deleted`,
          subject: { bundleName: name, compatible },
          before: { sha256 },
        };
        await catalog.tombstone({
          name,
          at,
          by: actor,
          events: [line],
          ...(force ? {} : { check: (needs) => refuseNeeded(name, needs) }),
        });
        const isShared = catalog.hasOther(bundle);
        await storage.remove(sha256, { name, isShared }).catch((error: unknown) => {
          log.error({ err: error, bundle: name }, 'the file of a deleted bundle could not be removed');
        });
        log.info({ bundle: name, actor }, 'bundle deleted');
        return bundle;
      }),
  };
}

function refuseActive(catalog: Catalog, name: string): void {
  const uses = catalog.usesOf(name);
  if (uses.length === 0) return;
  const places = uses.map(({ compatible, channel }) => `${compatible} (${channel})`).join(', ');
  throw new DomainError('conflict', `${name} is current for ${places}`, {
    remedy: 'Activate another bundle there or deactivate it, then delete.',
    details: { activeFor: uses },
  });
}

/** So many pins are named; of more, the number tells enough. */
const namedPins = 5;
const maxDetails = 100;

function refuseNeeded(name: string, { askingDevices, pinnedDevices }: BundleNeeds): void {
  const reasons: string[] = [];
  if (askingDevices > 0) {
    const devices =
      askingDevices === 1
        ? '1 device has an open installation'
        : `${askingDevices} devices have open installations`;
    reasons.push(`${devices} of it`);
  }
  if (pinnedDevices.length > 0) {
    const others = pinnedDevices.length - namedPins;
    const more = others > 0 ? ` and ${others} more` : '';
    reasons.push(`pinned to it: ${pinnedDevices.slice(0, namedPins).join(', ')}${more}`);
  }
  if (reasons.length === 0) return;
  throw new DomainError('conflict', `${name} is needed: ${reasons.join('; ')}`, {
    remedy:
      'Cancel those installations and lift the pins, or wait until they have ended. Or insist with force.',
    details: {
      openInstallations: askingDevices,
      pinnedDevices: pinnedDevices.slice(0, maxDetails),
      pins: pinnedDevices.length,
    },
  });
}
