import type { CertificateFolder, ReadKitText, RevocationsInForce } from '../ports/certificates';
import type { Clock } from '../ports/clock';
import { createImportTokens, type ImportTokens } from './access/import-tokens';
import { createDescribeBundle, type DescribeBundle } from './catalog/describe-bundle';
import { type DescribeFleet, FleetDescriber } from './overview/describe-fleet';
import { createDescribeServer, type DescribeServer, type ServerFacts } from './overview/describe-server';
import { createDismissAttention, type DismissAttention } from './overview/dismiss-attention';
import type { FleetCounts } from '../ports/fleet-counts';
import type { ServerCertificateStatus } from './certificates/server-certificate';
import type { Log } from '../ports/log';
import { createManageCertificates, type ManageCertificates } from './certificates/manage-certificates';
import { createManageRevocations, type ManageRevocations } from './certificates/manage-revocations';
import type { Store } from '../ports/store';
import type { Services } from './services';

/** What people see and do on the admin listener; devices never come here. */
export interface Administration {
  readonly describeFleet: DescribeFleet;
  readonly dismissAttention: DismissAttention;
  readonly describeServer: DescribeServer;
  readonly describeBundle: DescribeBundle;
  /** Labels of devices, the most frequent first. */
  readonly listLabels: FleetCounts['labels'];
  readonly manageCertificates: ManageCertificates;
  readonly manageRevocations: ManageRevocations;
  readonly importTokens: ImportTokens;
}

export interface AdministrationPorts {
  readonly services: Services;
  readonly store: Store;
  readonly facts: ServerFacts;
  /** The URL that devices use to reach the server. */
  readonly deviceUrl: () => string;
  readonly certificates: CertificateFolder;
  /** Ids of devices that used a certificate without a stated purpose. */
  readonly oldCertificates: () => readonly string[];
  /** The status of the server's own certificate. */
  readonly serverCertificate?: (() => ServerCertificateStatus) | undefined;
  readonly revocationsInForce: RevocationsInForce;
  readonly readKitText: ReadKitText;
  readonly log: Log;
  readonly now: Clock;
}

/** Assembles the administrators' use cases from those that all listeners share. */
export function createAdministration(ports: AdministrationPorts): Administration {
  const { services, store, facts, deviceUrl, certificates, log, now } = ports;
  const { oldCertificates, serverCertificate, revocationsInForce, readKitText } = ports;
  const { listBundles, manageRollouts, manageWebhooks, manageDevices, bundleTrust, overBudget } = services;
  const { listing, counts, uses, dismissals, restores, journal, measureStorage } = store;
  const describer = new FleetDescriber({
    listBundles,
    manageRollouts,
    manageWebhooks,
    listing,
    counts,
    bundleTrust,
    uses,
    dismissals,
    certificates,
    restores,
    oldCertificates,
    serverCertificate,
    measureStorage,
    daysUntilFull: services.daysUntilFull,
    writeProblem: () => services.health().writeProblem,
    overBudget,
    silence: services.silence,
    chores: services.chores,
    lastCrash: services.startup.lastCrash,
    clockTrouble: () => services.serverClock.trouble(),
    now,
  });
  const describeFleet = () => describer.describe();
  const getDevice = async (id: string) => (await manageDevices.get(id)).device;
  return {
    describeFleet,
    dismissAttention: createDismissAttention({ describeFleet, dismissals, now }),
    describeServer: createDescribeServer({ facts, deviceUrl, measureStorage, nodes: store.nodes, now }),
    describeBundle: createDescribeBundle({ listBundles, counts }),
    listLabels: (limit) => counts.labels(limit),
    importTokens: createImportTokens(services),
    manageCertificates: createManageCertificates({
      certificates,
      oldCertificates,
      readKitText,
      journal,
      log,
      now,
    }),
    manageRevocations: createManageRevocations({
      certificates,
      getDevice,
      revocationsInForce,
      deviceTokens: services.deviceTokens,
      journal,
      log,
      now,
    }),
  };
}
