import type { AttentionItem } from '../../src/services/overview/attention-item';
import { FleetDescriber } from '../../src/services/overview/describe-fleet';
import type { OpenedServices } from './services';
import { storageUsage } from './storage-usage';
import { withMessage } from './with-message';

/** What needs attention now because of devices and rollouts; certificates and disk are fine. */
export async function fleetAttention(
  { services, store }: Pick<OpenedServices, 'services' | 'store'>,
  now: () => Date,
): Promise<readonly (AttentionItem & { readonly message: string })[]> {
  const describer = new FleetDescriber({
    listBundles: services.listBundles,
    manageRollouts: services.manageRollouts,
    manageWebhooks: services.manageWebhooks,
    bundleTrust: services.bundleTrust,
    overBudget: services.overBudget,
    silence: services.silence,
    chores: services.chores,
    lastCrash: services.startup.lastCrash,
    clockTrouble: () => services.serverClock.trouble(),
    listing: store.listing,
    counts: store.counts,
    uses: store.uses,
    dismissals: store.dismissals,
    restores: store.restores,
    certificates: {
      inventory: () => Promise.resolve({ ca: null, hasCaKey: false, server: null, devices: [] }),
      revocations: () => Promise.resolve([]),
    },
    oldCertificates: () => [],
    measureStorage: () => Promise.resolve(storageUsage(Number.MAX_SAFE_INTEGER)),
    daysUntilFull: () => null,
    writeProblem: () => services.health().writeProblem,
    now,
  });
  return withMessage((await describer.describe()).attention);
}
