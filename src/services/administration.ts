import type { CertificateFolder } from '../ports/certificates';
import { createDescribeBundle, type DescribeBundle } from './catalog/describe-bundle';
import { createDescribeFleet, type DescribeFleet } from './overview/describe-fleet';
import { createDescribeServer, type DescribeServer, type ServerFacts } from './overview/describe-server';
import type { DismissalRecords } from '../ports/dismissals';
import { createDismissAttention, type DismissAttention } from './overview/dismiss-attention';
import type { FleetCounts } from '../ports/fleet-counts';
import type { ServerCertificateStatus } from './certificates/server-certificate';
import type { ReadKitText } from './certificates/kit-files';
import type { Log } from '../ports/log';
import { createManageCertificates, type ManageCertificates } from './certificates/manage-certificates';
import {
  createManageRevocations,
  type ManageRevocations,
  type RevocationsInForce,
} from './certificates/manage-revocations';
import type { MeasureStorage } from './overview/measure-storage';
import type { JournalRecords } from '../ports/journal';
import type { Services } from './services';
import type { RestoreRecords } from './startup/watch-restores';

/** What people see and do on the admin listener alone; devices never come here. */
export interface Administration {
  readonly describeFleet: DescribeFleet;
  readonly dismissAttention: DismissAttention;
  readonly describeServer: DescribeServer;
  readonly describeBundle: DescribeBundle;
  /** Labels of devices, the most frequent first. */
  readonly listLabels: FleetCounts['labels'];
  readonly manageCertificates: ManageCertificates;
  readonly manageRevocations: ManageRevocations;
}

export interface AdministrationPorts {
  readonly services: Services;
  readonly facts: ServerFacts;
  /** What devices use to reach the server. */
  readonly deviceUrl: () => string;
  readonly counts: FleetCounts;
  readonly dismissals: DismissalRecords;
  readonly restores: Pick<RestoreRecords, 'lastRestore'>;
  readonly certificates: CertificateFolder;
  /** Ids of devices that came with a certificate that does not say what it is for. */
  readonly oldCertificates: () => readonly string[];
  /** How the server's own certificate is. */
  readonly serverCertificate?: (() => ServerCertificateStatus) | undefined;
  readonly revocationsInForce: RevocationsInForce;
  readonly readKitText: ReadKitText;
  readonly journal: Pick<JournalRecords, 'record'>;
  readonly measureStorage: MeasureStorage;
  readonly log: Log;
  readonly now: () => Date;
}

/** Assembles the use cases of administrators on those that all listeners share. */
export function createAdministration({ services, ...ports }: AdministrationPorts): Administration {
  const describeFleet = createDescribeFleet({ ...services, ...ports });
  return {
    describeFleet,
    dismissAttention: createDismissAttention({ ...ports, describeFleet }),
    describeServer: createDescribeServer({ ...services, ...ports }),
    describeBundle: createDescribeBundle({ ...services, ...ports }),
    listLabels: (limit) => ports.counts.labels(limit),
    manageCertificates: createManageCertificates(ports),
    manageRevocations: createManageRevocations({
      ...ports,
      getDevice: (id) => services.manageDevices.get(id).device,
    }),
  };
}
