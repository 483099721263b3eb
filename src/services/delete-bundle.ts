import type { Bundle } from '../core/bundle';
import { DomainError } from '../core/errors';
import { type Catalog, noBundle } from './catalog';
import type { Log } from './log';

export interface DeleteBundle {
  /**
   * Deletes a bundle that is current nowhere. Its name stays bound to its bytes: other bytes never get it.
   * @throws DomainError `not-found`, `conflict` when it is current (the message says where)
   */
  delete(request: {
    readonly name: string;
    readonly actor: string;
    /** Network address of the actor, if there is one. */
    readonly address?: string | null;
  }): Promise<Bundle>;
}

export interface DeletePorts {
  readonly catalog: Catalog;
  readonly files: {
    /** Removes a bundle's file, if it is there. Open ones stay readable. */
    remove(name: string): Promise<void>;
  };
  readonly log: Log;
  readonly now: () => Date;
}

export function createDeleteBundle({ catalog, files, log, now }: DeletePorts): DeleteBundle {
  return {
    delete: ({ name, actor, address = null }) =>
      catalog.exclusively(async () => {
        const bundle = catalog.findKnown(name);
        if (bundle === undefined) throw noBundle(name);
        refuseActive(catalog, name);
        // First the row, so that it is served no more; killed between, the next start removes the file.
        const at = now();
        const { sha256, compatible } = bundle;
        await catalog.bury(name, at, actor, [
          {
            kind: 'bundle.deleted',
            at,
            actor: { name: actor, address },
            message: `${name} was deleted`,
            subject: { bundleName: name, compatible },
            before: { sha256 },
          },
        ]);
        await files.remove(name).catch((error: unknown) => {
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
