import type { Route } from '../kernel/route';
import type { ManagementOptions } from './management-options';
import { systemConfigRoutes } from './system-configs';
import { targetRoutes } from './targets';

/** hawkBit's Management API: a view of devices, installations and bundles for scripts that were written for hawkBit. */
export function managementRoutes(options: ManagementOptions): readonly Route[] {
  return [...targetRoutes(options), ...systemConfigRoutes(options)];
}
