import { circumstance } from '../../core/circumstances/catalogue';
import { DomainError } from '../../core/errors';
import { theServer } from '../../core/event';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import type { ManageRollouts } from './manage-rollouts';

/**
 * Pauses rollouts whose bundle is no longer trusted. It depends only on stored state, so a kill loses nothing. If one rollout
 * cannot be paused, the others still are.
 * @throws the first error
 */
export type PauseUntrusted = () => Promise<void>;

export interface PauseUntrustedPorts {
  readonly catalog: Pick<Catalog, 'releases'>;
  readonly bundleTrust: Pick<BundleTrust, 'whyUntrusted'>;
  readonly manageRollouts: Pick<ManageRollouts, 'pause'>;
}

export function createPauseUntrusted({
  catalog,
  bundleTrust,
  manageRollouts,
}: PauseUntrustedPorts): PauseUntrusted {
  return async () => {
    const failures: unknown[] = [];
    for (const { id, bundle, rollout } of catalog.releases()) {
      if (rollout.state !== 'running') continue;
      const why = bundleTrust.whyUntrusted(bundle);
      if (why === null) continue;
      const reason = circumstance('rollout-untrusted', { why });
      try {
        await manageRollouts.pause(id, reason, theServer);
      } catch (error) {
        // Someone else was faster.
        if (!(error instanceof DomainError) || (error.code !== 'conflict' && error.code !== 'not-found'))
          failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };
}
