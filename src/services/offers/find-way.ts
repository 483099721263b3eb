import type { AskingDevice } from '../../core/offer-question';
import type { VersionRange } from '../../core/version-range';
import { type WayToVersion, wayToVersion } from '../../core/way-to-version';
import type { Catalog } from '../catalog/catalog';

/**
 * Finds how a device can get to a version in a range: by another channel, or by a pin. It checks every bundle.
 * @returns `null` if nothing here takes it there
 */
export function findWay(
  catalog: Pick<Catalog, 'releasesOf' | 'bundles'>,
  { compatible, systemVersion }: Pick<AskingDevice, 'compatible' | 'systemVersion'>,
  range: VersionRange,
): WayToVersion | null {
  if (compatible === null) return null;
  const bundles = catalog.bundles().filter((bundle) => bundle.compatible === compatible);
  return wayToVersion(range, systemVersion, catalog.releasesOf(compatible), bundles);
}
