import type { CertificateFolder } from './certificate-folder';
import { createDescribeFleet, type DescribeFleet } from './describe-fleet';
import type { FleetCounts } from './fleet-counts';
import type { MeasureStorage } from './measure-storage';
import type { Services } from './services';

/** What people see and do on the admin listener alone; devices never come here. */
export interface Administration {
  readonly describeFleet: DescribeFleet;
}

export interface AdministrationPorts {
  readonly services: Services;
  readonly counts: FleetCounts;
  readonly certificates: CertificateFolder;
  readonly measureStorage: MeasureStorage;
  readonly now: () => Date;
}

/** Assembles the use cases of administrators on those that the doors share. */
export function createAdministration({ services, ...ports }: AdministrationPorts): Administration {
  return {
    describeFleet: createDescribeFleet({ ...services, ...ports }),
  };
}
