import type { Finding } from '../../core/inspection';
import { defaultChannel, type Release } from '../../core/release';
import { beginRollout, everyoneAtOnce } from '../../core/rollout';
import { parsePolicy } from '../../core/rollout-policy';
import type { ActivateRequest } from '../catalog/activate-release';
import type { Catalog } from '../catalog/catalog';
import { countReach, type ReleaseReach } from './count-reach';
import type { FleetListing } from '../../ports/fleet-queries';
import type { Log } from '../../ports/log';
import { planActivation } from '../catalog/plan-activation';
import { warnOfImages } from '../catalog/warn-of-images';
import { warnOfGroups } from './warn-of-groups';
import type { Clock } from '../../ports/clock';

export interface ReleasePreview {
  readonly compatible: string;
  readonly channel: string;
  /** The bundle's version; `null` when its manifest has none, or cannot be read. */
  readonly version: string | null;
  /** What is current there now; `null` when nothing is. */
  readonly current: Release | null;
  /** False when it is already current and would stay as it is. */
  readonly changes: boolean;
  readonly reach: ReleaseReach;
  /** Warnings about what is probably unintended. */
  readonly warnings: readonly Finding[];
}

/** Says which devices a release reaches, before or after it is made. */
export interface PreviewRelease {
  /**
   * Describes what an activation would do; changes nothing.
   * @throws DomainError as the activation would; `unavailable`
   */
  preview(request: ActivateRequest): Promise<ReleasePreview>;
  /** The devices that a new release reaches; `null` when they cannot be counted now, which is no reason to refuse it. */
  reachOf(release: Release): Promise<ReleaseReach | null>;
  /** Warnings about what is probably unintended in a new release; empty when that cannot be determined now. */
  warningsOf(release: Release): Promise<readonly Finding[]>;
}

export interface PreviewPorts {
  readonly catalog: Catalog;
  readonly listing: Pick<FleetListing, 'channelVersions' | 'labelledDevices' | 'walk'>;
  readonly log: Log;
  readonly now: Clock;
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
      const ofGroups = await warnOfGroups(listing, { compatible, channel, rollout });
      const warnings = [...warnOfImages(bundle), ...ofGroups];
      const version = bundle.inspection.manifest?.version ?? null;
      return { compatible, channel, version, current, changes: activation !== undefined, reach, warnings };
    },

    async reachOf(release) {
      try {
        return await countReach(listing, release);
      } catch (error) {
        log.error({ err: error, release: release.id }, 'the devices of a release could not be counted');
        return null;
      }
    },

    async warningsOf(release) {
      const ofImages = warnOfImages(release.bundle);
      try {
        return [...ofImages, ...(await warnOfGroups(listing, release))];
      } catch (error) {
        log.error({ err: error, release: release.id }, 'the groups of a release could not be looked up');
        return ofImages;
      }
    },
  };
}
