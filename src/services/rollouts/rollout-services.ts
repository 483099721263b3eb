import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import type { UpTime } from '../clock/up-time';
import type { Fleet } from '../../ports/fleet';
import type { ServicePorts } from '../service-ports';
import { type AdvanceRollouts, RolloutAdvance } from './advance-rollouts';
import { createDescribeRollout, type DescribeRollout } from './describe-rollout';
import { createGoBack, type GoBack } from './go-back';
import { createManageRollouts, type ManageRollouts } from './manage-rollouts';
import { createPauseUntrusted, type PauseUntrusted } from './pause-untrusted';
import { createPreviewRelease, type PreviewRelease } from './preview-release';
import { createUndoRelease, type UndoRelease } from './undo-release';

/** How releases reach their devices, and how they are taken back. */
export interface RolloutServices {
  readonly manageRollouts: ManageRollouts;
  readonly describeRollout: DescribeRollout;
  readonly previewRelease: PreviewRelease;
  readonly goBack: GoBack;
  readonly undoRelease: UndoRelease;
  readonly advanceRollouts: AdvanceRollouts;
  readonly pauseUntrusted: PauseUntrusted;
}

/** Parts that other services use, too. */
export interface RolloutParts {
  readonly catalog: Catalog;
  readonly fleet: Fleet;
  readonly bundleTrust: BundleTrust;
  readonly upTime: Pick<UpTime, 'timesOfLast'>;
  /** Called after each change of a release, as part of it. Never rejects. */
  readonly changed: () => Promise<void>;
}

export function createRolloutServices(ports: ServicePorts, parts: RolloutParts): RolloutServices {
  const { store, fleetRules, log, now } = ports;
  const { devices, listing, results } = store;
  const { lostAfterMs } = fleetRules;
  const { catalog, fleet, bundleTrust, upTime, changed } = parts;
  const manageRollouts = createManageRollouts({ catalog, bundleTrust, fleet, now });
  const advanceRollouts = new RolloutAdvance({
    catalog,
    devices,
    fleet,
    manageRollouts,
    heardSince: () => upTime.timesOfLast(lostAfterMs)?.from ?? new Date(0),
    now,
  });
  return {
    manageRollouts,
    describeRollout: createDescribeRollout({ advanceRollouts, listing, fleet, now }),
    previewRelease: createPreviewRelease({ catalog, listing, log, now }),
    goBack: createGoBack({ catalog, results, fleet, changed, log, now }),
    undoRelease: createUndoRelease({ catalog, results, fleet, changed, log, now }),
    advanceRollouts,
    pauseUntrusted: createPauseUntrusted({ catalog, bundleTrust, manageRollouts }),
  };
}
