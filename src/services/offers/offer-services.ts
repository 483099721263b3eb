import { patiencePolls } from '../../core/proof';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import type { Fleet } from '../devices/fleet';
import type { AdvanceRollouts } from '../rollouts/advance-rollouts';
import type { ServicePorts } from '../service-ports';
import type { WatchRestores } from '../startup/watch-restores';
import { createBeginInstallation } from './begin-installation';
import { createDeviceContacts } from './device-contacts';
import { createExplainOffer, type ExplainOffer } from './explain-offer';
import { createOfferUpdate, type OfferUpdate } from './offer-update';
import { createRecordProgress, type RecordProgress } from './record-progress';
import { createRecordReport, type RecordReport } from './record-report';
import { createSilentPollers } from './silent-pollers';

/** What a contact of a device means, and what it is told. */
export interface OfferServices {
  readonly offerUpdate: OfferUpdate;
  readonly explainOffer: ExplainOffer;
  readonly recordProgress: RecordProgress;
  readonly recordReport: RecordReport;
}

/** What they share with others. */
export interface OfferParts {
  readonly catalog: Catalog;
  readonly fleet: Fleet;
  readonly bundleTrust: BundleTrust;
  readonly watchRestores: WatchRestores;
  readonly advanceRollouts: AdvanceRollouts;
}

export function createOfferServices(ports: ServicePorts, parts: OfferParts): OfferServices {
  const { store, fleetRules, configuredCompatible, now } = ports;
  const { devices } = store;
  const { catalog, fleet, bundleTrust, watchRestores, advanceRollouts } = parts;
  const { newDevices, secondBoards, maxTries, maxInterruptions, offerLifetimeMs } = fleetRules;
  const { rollbackWindowMs, failAfterPolls, lostAfterMs } = fleetRules;
  const proofRules = { rollbackWindowMs, failAfterPolls, patiencePolls, stalledAfterMs: lostAfterMs };
  const contacts = createDeviceContacts({ fleet, newDevices, proofRules, secondBoards });
  const beginInstallation = createBeginInstallation({ fleet, proofRules, offerLifetimeMs });
  const silentPollers = createSilentPollers();
  const offerUpdate = createOfferUpdate({
    catalog,
    fleet,
    contacts,
    beginInstallation,
    silentPollers,
    watchRestores,
    configuredCompatible,
    maxTries,
    maxInterruptions,
    proofRules,
    offerLifetimeMs,
    pauseReason: (release) => advanceRollouts.pauseReason(release),
    bundleTrust,
    now,
  });
  return {
    offerUpdate,
    explainOffer: createExplainOffer({ fleet, offerUpdate }),
    recordProgress: createRecordProgress({
      fleet,
      contacts,
      beginInstallation,
      silentPollers,
      newDevices,
      now,
    }),
    recordReport: createRecordReport({ fleet, contacts, devices }),
  };
}
