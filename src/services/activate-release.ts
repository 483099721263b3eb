import { type Bundle, parseCompatible } from '../core/bundle';
import { DomainError } from '../core/errors';
import { type Activation, defaultChannel, type Release } from '../core/release';
import type { Catalog } from './catalog';
import type { Log } from './log';
import { planActivation } from './plan-activation';

export interface ActivateRequest {
  readonly name: string;
  /** The bundle's own compatible when left out. */
  readonly compatible?: string;
  /** Insist although the manifest names another compatible. */
  readonly force?: boolean;
  readonly actor: string;
}

export interface ActivateRelease {
  /**
   * Makes a bundle current for a compatible, in one transaction with its history. Activating what is current already
   * changes nothing.
   * @throws DomainError `not-found`, `invalid-input` (no compatible known), `conflict` (another compatible, not forced)
   */
  activate(request: ActivateRequest): Promise<{ readonly release: Release; readonly changed: boolean }>;
  /**
   * Stops offering anything to a compatible.
   * @throws DomainError `not-found` when nothing was current
   */
  deactivate(request: { readonly compatible: string; readonly actor: string }): Promise<Activation>;
}

export interface ActivatePorts {
  readonly catalog: Catalog;
  /** Called after each change, inside of it. Never rejects. */
  readonly changed: () => Promise<void>;
  readonly log: Log;
  readonly now: () => Date;
}

export function createActivateRelease({ catalog, changed, log, now }: ActivatePorts): ActivateRelease {
  return {
    activate: (request) =>
      catalog.exclusively(async () => {
        const found = catalog.get(request.name);
        const { bundle, activation } = planActivation(catalog, found, request, now());
        if (activation !== undefined || bundle !== found)
          await catalog.commit(changeOf(bundle, found, activation));
        if (activation !== undefined) {
          log.info({ ...activation }, 'release activated');
          await changed();
        }
        const compatible = request.compatible ?? bundle.compatible;
        const release = catalog
          .releasesOf(compatible ?? '')
          .find(({ channel }) => channel === defaultChannel);
        if (release === undefined) throw new Error(`${bundle.name} was activated, and nothing is current`);
        return { release, changed: activation !== undefined };
      }),

    deactivate: ({ compatible, actor }) =>
      catalog.exclusively(async () => {
        parseCompatible(compatible);
        const current = catalog.currentName(compatible, defaultChannel);
        if (current === undefined) throw nothingCurrent(compatible);
        const activation = await catalog.commit({
          activation: {
            compatible,
            channel: defaultChannel,
            action: 'deactivate',
            bundleName: null,
            previousBundleName: current,
            at: now(),
            by: actor,
            forced: false,
          },
        });
        if (activation === undefined) throw new Error('the history took no line');
        log.info({ ...activation }, 'release deactivated');
        await changed();
        return activation;
      }),
  };
}

function changeOf(bundle: Bundle, found: Bundle, activation: Omit<Activation, 'id'> | undefined) {
  return { ...(bundle === found ? {} : { bundle }), ...(activation === undefined ? {} : { activation }) };
}

function nothingCurrent(compatible: string): DomainError {
  return new DomainError('not-found', `nothing is current for ${compatible}`, {
    remedy: 'List the releases to see the compatibles that have one.',
  });
}
