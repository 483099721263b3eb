import { type AccessPorts, type BundleAccess, createBundleAccess } from './bundle-access';
import { type BeginPorts, createBeginInstallation } from './begin-installation';
import { type ContactPorts, createDeviceContacts } from './device-contacts';
import { createDeviceEvents, type DeviceEvents } from './device-events';
import { createExplainOffer, type ExplainOffer, type ExplainPorts } from './explain-offer';
import { createOfferDecisions, type DecisionPorts } from './offer-decisions';
import { createOfferUpdate, type OfferPorts } from './offer-update';
import { createRecordProgress } from './record-progress';
import { createRecordReport, type ReportPorts } from './record-report';
import { createSilentPollers } from './silent-pollers';

/** What a device's contact means. */
export interface Offers {
  readonly deviceEvents: DeviceEvents;
  readonly bundleAccess: BundleAccess;
  readonly explainOffer: ExplainOffer;
}

export type OffersPorts = DecisionPorts &
  ContactPorts &
  BeginPorts &
  AccessPorts &
  Pick<ReportPorts, 'records'> &
  Pick<ExplainPorts, 'protocols' | 'now'> &
  Pick<OfferPorts, 'watchRestores'>;

/** Assembles what a device's contact means. */
export function createOffers(ports: OffersPorts): Offers {
  const { fleet, now, records, watchRestores, offerLifetimeMs } = ports;
  const decisions = createOfferDecisions(ports);
  const contacts = createDeviceContacts(ports);
  const beginInstallation = createBeginInstallation(ports);
  const silentPollers = createSilentPollers();
  const told = { fleet, contacts, beginInstallation, silentPollers };
  return {
    deviceEvents: createDeviceEvents({
      offerUpdate: createOfferUpdate({ ...told, decisions, watchRestores, offerLifetimeMs }),
      recordProgress: createRecordProgress({ ...told, now }),
      recordReport: createRecordReport({ fleet, contacts, records }),
    }),
    bundleAccess: createBundleAccess(ports),
    explainOffer: createExplainOffer({ fleet, decisions, protocols: ports.protocols, now }),
  };
}
