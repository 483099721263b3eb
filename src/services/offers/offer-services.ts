import { patiencePolls } from '../../core/proof';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { Catalog } from '../catalog/catalog';
import type { Fleet } from '../../ports/fleet';
import type { AdvanceRollouts } from '../rollouts/advance-rollouts';
import type { ServicePorts } from '../service-ports';
import type { WatchRestores } from '../startup/watch-restores';
import { type BeginInstallation, createBeginInstallation } from './begin-installation';
import { type BundleAccess, createBundleAccess } from './bundle-access';
import { createDeviceActions, type DeviceActions } from './device-actions';
import { createDeviceContacts } from './device-contacts';
import { createDeviceEvents, type DeviceEvents } from './device-events';
import { createEndAssignment } from './end-assignment';
import { createExplainOffer, type ExplainOffer } from './explain-offer';
import { createOfferDecisions } from './offer-decisions';
import { createOfferUpdate } from './offer-update';
import { createRecordProgress } from './record-progress';
import { createRecordReport } from './record-report';
import { AskingPollers } from './silent-pollers';

/** What a device's contact means, and how it is answered. */
export interface OfferServices {
  readonly deviceEvents: DeviceEvents;
  readonly bundleAccess: BundleAccess;
  readonly deviceActions: DeviceActions;
  readonly explainOffer: ExplainOffer;
  readonly beginInstallation: BeginInstallation;
}

/** Parts that other services use, too. */
export interface OfferParts {
  readonly catalog: Catalog;
  readonly fleet: Fleet;
  readonly bundleTrust: BundleTrust;
  readonly watchRestores: WatchRestores;
  readonly advanceRollouts: AdvanceRollouts;
}

export function createOfferServices(ports: ServicePorts, parts: OfferParts): OfferServices {
  const { store, fleetRules, configuredCompatible, protocols, oldQuestions, now } = ports;
  const { devices } = store;
  const { catalog, fleet, bundleTrust, watchRestores, advanceRollouts } = parts;
  const { newDevices, secondBoards, maxTries, maxInterruptions, offerLifetimeMs } = fleetRules;
  const { rollbackWindowMs, failAfterPolls, lostAfterMs } = fleetRules;
  const proofRules = { rollbackWindowMs, failAfterPolls, patiencePolls, stalledAfterMs: lostAfterMs };
  const contacts = createDeviceContacts({ fleet, newDevices, proofRules, secondBoards, oldQuestions });
  const beginInstallation = createBeginInstallation({ proofRules, offerLifetimeMs });
  const silentPollers = new AskingPollers();
  const decisions = createOfferDecisions({
    catalog,
    watchRestores,
    bundleTrust,
    configuredCompatible,
    maxTries,
    maxInterruptions,
    proofRules,
    pauseReason: (release, countFailures) => advanceRollouts.pauseReason(release, countFailures),
  });
  const explainOffer = createExplainOffer({ fleet, decisions, protocols, now });
  return {
    deviceEvents: createDeviceEvents({
      contacts,
      offerUpdate: createOfferUpdate({
        contacts,
        endAssignment: createEndAssignment({ fleet, proofRules }),
        beginInstallation,
        silentPollers,
        decisions,
        watchRestores,
        offerLifetimeMs,
      }),
      recordProgress: createRecordProgress({ fleet, contacts, beginInstallation, silentPollers, now }),
      recordReport: createRecordReport({ fleet, contacts, devices }),
    }),
    bundleAccess: createBundleAccess({ fleet, catalog, newDevices }),
    deviceActions: createDeviceActions({ fleet, devices, catalog, explainOffer, now }),
    explainOffer,
    beginInstallation,
  };
}
