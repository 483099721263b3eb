import { defaultChannel, type Release } from '../core/release';
import { beginRollout, everyoneAtOnce } from '../core/rollout';
import { parsePolicy } from '../core/rollout-policy';
import type { ActivateRequest } from './activate-release';
import type { Catalog } from './catalog';
import { countReach, type ReleaseReach } from './count-reach';
import type { FleetListing } from './list-fleet';
import type { Log } from './log';
import { planActivation } from './plan-activation';

export interface ReleasePreview {
  readonly compatible: string;
  readonly channel: string;
  /** What is current there now; `null` when nothing is. */
  readonly current: Release | null;
  /** False when it is current already and would stay as it is. */
  readonly changes: boolean;
  readonly reach: ReleaseReach;
}

/** Tells whom a release reaches, before or after it is made. */
export interface PreviewRelease {
  /**
   * What an activation would do; changes nothing.
   * @throws DomainError as the activation would; `unavailable`
   */
  preview(request: ActivateRequest): Promise<ReleasePreview>;
  /** Whom a release reaches that was made; `null` when that cannot be counted now, which is no reason to refuse it. */
  reachOf(release: Release): Promise<ReleaseReach | null>;
}

export interface PreviewPorts {
  readonly catalog: Catalog;
  readonly listing: Pick<FleetListing, 'channelVersions'>;
  readonly log: Log;
  readonly now: () => Date;
}

export function createPreviewRelease({ catalog, listing, log, now }: PreviewPorts): PreviewRelease {
  return {
    async preview(request) {
      const { name, policy = everyoneAtOnce, actor } = request;
      parsePolicy(policy);
      const at = now();
      const { bundle, activation } = planActivation(catalog, catalog.get(name), request, at);
      const compatible = request.compatible ?? bundle.compatible ?? '';
      const channel = request.channel ?? defaultChannel;
      const current = catalog.findCurrent(compatible, channel) ?? null;
      const rollout = (activation === undefined ? current?.rollout : null) ?? beginRollout(policy, actor, at);
      const reach = await countReach(listing, { compatible, channel, bundle, rollout });
      return { compatible, channel, current, changes: activation !== undefined, reach };
    },

    async reachOf(release) {
      try {
        return await countReach(listing, release);
      } catch (error) {
        log.error({ err: error, release: release.id }, 'the devices of a release could not be counted');
        return null;
      }
    },
  };
}
