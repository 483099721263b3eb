import type { Fleet } from '../../ports/fleet';
import type { DeviceTokens } from '../access/device-tokens';
import type { Catalog } from '../catalog/catalog';
import type { CatalogServices } from '../catalog/catalog-services';
import type { ManageDevices } from '../devices/manage-devices';
import type { BeginInstallation } from '../offers/begin-installation';
import type { ServicePorts } from '../service-ports';
import { type AssignBundle, createAssignBundle } from './assign-bundle';
import { type HawkbitConfiguration, openHawkbitConfiguration } from './configuration';
import { type CreateTargets, createCreateTargets } from './create-targets';
import { createManageDrafts, type ManageDrafts } from './manage-drafts';
import { OpaqueFiles } from './opaque-files';
import { createReplaceToken, type ReplaceToken } from './replace-token';
import { createUploadFile, type UploadFile } from './upload-file';

/** What scripts written for hawkBit can do. */
export interface HawkbitServices {
  readonly hawkbitSettings: HawkbitConfiguration;
  readonly createTargets: CreateTargets;
  readonly replaceToken: ReplaceToken;
  readonly manageDrafts: ManageDrafts;
  readonly uploadFile: UploadFile;
  readonly assignBundle: AssignBundle;
}

/** Parts that other services use, too. */
export interface HawkbitParts extends Pick<CatalogServices, 'publishBundle' | 'deleteBundle'> {
  readonly catalog: Catalog;
  readonly fleet: Fleet;
  readonly deviceTokens: DeviceTokens;
  readonly manageDevices: ManageDevices;
  readonly beginInstallation: BeginInstallation;
}

/** @throws DomainError `unavailable` */
export async function createHawkbitServices(
  { store, inspect, allowOpaque = false, randomBytes, log, now }: ServicePorts,
  parts: HawkbitParts,
): Promise<HawkbitServices> {
  const { catalog, fleet, publishBundle, deleteBundle, deviceTokens, manageDevices, beginInstallation } =
    parts;
  const { drafts, hawkbitSettings: records } = store;
  if (allowOpaque)
    log.warn(
      {},
      'HAWKBIT_OPAQUE_FILES is on: files that are not RAUC bundles are accepted and offered unverified; use this for tests only',
    );
  const opaqueFiles = new OpaqueFiles({ catalog, drafts, publishBundle, deleteBundle, randomBytes });
  const manageDrafts = createManageDrafts({ drafts, catalog, opaqueFiles, now });
  return {
    hawkbitSettings: await openHawkbitConfiguration({ records, deviceTokens, now }),
    createTargets: createCreateTargets({ manageDevices, deviceTokens }),
    replaceToken: createReplaceToken(deviceTokens),
    manageDrafts,
    uploadFile: createUploadFile({ manageDrafts, drafts, publishBundle, opaqueFiles, inspect, allowOpaque }),
    assignBundle: createAssignBundle({ catalog, fleet, manageDevices, beginInstallation, now }),
  };
}
