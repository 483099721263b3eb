import type { Route } from '../kernel/route';
import { actionRoutes } from './actions';
import { artifactRoutes } from './artifacts';
import type { ManagementOptions } from './management-options';
import { moduleRoutes } from './modules';
import { setRoutes } from './sets';
import { systemConfigRoutes } from './system-configs';
import { targetRoutes } from './targets';

/** hawkBit's Management API: a view of devices, installations and bundles for scripts that were written for hawkBit. */
export function managementRoutes(options: ManagementOptions): readonly Route[] {
  return [
    ...targetRoutes(options),
    ...actionRoutes(options),
    ...moduleRoutes(options),
    ...artifactRoutes(options),
    ...setRoutes(options),
    ...systemConfigRoutes(options),
  ];
}
