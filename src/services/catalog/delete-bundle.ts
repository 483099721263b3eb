import type { Bundle } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import type { NewEvent } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import { type Catalog, noBundle } from './catalog';
import type { BundleStorage } from '../../ports/bundle-storage';
import type { BundleNeeds, Tombstone } from '../../ports/catalog';
import type { BundleUses } from '../../ports/fleet-counts';
import type { Log } from '../../ports/log';
import type { Clock } from '../../ports/clock';
import type { Writability } from '../../ports/writability';

export interface DeleteBundle {
  /**
   * Deletes a bundle that is current nowhere. Its name stays bound to its bytes, and no other bytes can get it. On a full disk,
   * its file is removed first to make room for the change.
   * @throws DomainError `not-found`; `conflict` when it is current, or when devices install it or are pinned to it and force is
   * not set (the message says where, and how many); `storage-full` when there is still no room: the bundle is then no longer
   * served, and can be deleted later
   */
  delete(request: {
    readonly name: string;
    /**
     * Delete it even if devices install it or are pinned to it. The installations then fail, and the pinned devices get nothing.
     */
    readonly force?: boolean;
    readonly actor: string;
    /** Network address of the actor, if there is one. */
    readonly address?: string | null;
  }): Promise<Bundle>;
}

export interface DeletePorts {
  readonly catalog: Catalog;
  readonly storage: Pick<BundleStorage, 'remove'>;
  readonly uses: Pick<BundleUses, 'needs'>;
  readonly writability: Pick<Writability, 'tryAgain'>;
  readonly log: Log;
  readonly now: Clock;
}

export function createDeleteBundle(ports: DeletePorts): DeleteBundle {
  const { catalog, storage, log, now } = ports;
  return {
    delete: ({ name, force = false, actor, address = null }) =>
      catalog.exclusively(async () => {
        const bundle = catalog.findKnown(name);
        if (bundle === undefined) throw noBundle(name);
        refuseActive(catalog, name);
        // The row goes first, so the bundle is no longer served. After a kill in between, the next start removes the file.
        const at = now();
        const { sha256, compatible } = bundle;
        const line: NewEvent = {
          kind: 'bundle.deleted',
          at,
          actor: { name: actor, address },
          reason: saying('bundle-deleted', { bundle: name }),
          subject: { bundleName: name, compatible },
          before: { sha256 },
        };
        const check = force ? undefined : (needs: BundleNeeds) => refuseNeeded(name, needs);
        const tombstone: Tombstone = {
          name,
          at,
          by: actor,
          events: [line],
          ...(check === undefined ? {} : { check }),
        };
        await catalog
          .tombstone(tombstone)
          .catch((error: unknown) => deleteOnFull(ports, bundle, tombstone, error));
        const isShared = catalog.hasOther(bundle);
        await storage.remove(sha256, { name, isShared }).catch((error: unknown) => {
          log.error({ err: error, bundle: name }, 'the file of a deleted bundle could not be removed');
        });
        log.info({ bundle: name, actor }, 'bundle deleted');
        return bundle;
      }),
  };
}

/** If the row does not fit on the disk, the file goes first. A kill in between leaves a bundle whose file is missing. */
async function deleteOnFull(
  { catalog, storage, uses, writability }: DeletePorts,
  bundle: Bundle,
  tombstone: Tombstone,
  why: unknown,
): Promise<void> {
  const { name, sha256 } = bundle;
  const isFull = why instanceof DomainError && why.code === 'storage-full';
  if (!isFull || catalog.hasOther(bundle)) throw why;
  tombstone.check?.(await uses.needs(name, tombstone.at));
  catalog.markLost(name);
  await storage.remove(sha256, { name, isShared: false });
  await writability.tryAgain();
  await catalog.tombstone(tombstone);
}

function refuseActive(catalog: Catalog, name: string): void {
  const uses = catalog.usesOf(name);
  if (uses.length === 0) return;
  const places = uses.map(({ compatible, channel }) => `${compatible} (${channel})`);
  throw DomainError.of('bundle-current', { name, places }, { details: { activeFor: uses } });
}

/** How many pins are named; of the others, the number is enough. */
const namedPins = 5;
const maxDetails = 100;

function refuseNeeded(name: string, { askingDevices, pinnedDevices }: BundleNeeds): void {
  if (askingDevices === 0 && pinnedDevices.length === 0) return;
  const needs = {
    name,
    installations: askingDevices,
    pinned: pinnedDevices.slice(0, namedPins),
    others: pinnedDevices.length - namedPins,
  };
  throw DomainError.of('bundle-needed', needs, {
    details: {
      openInstallations: askingDevices,
      pinnedDevices: pinnedDevices.slice(0, maxDetails),
      pins: pinnedDevices.length,
    },
  });
}
