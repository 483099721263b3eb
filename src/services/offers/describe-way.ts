import type { AskingDevice } from '../../core/offer-question';
import type { VersionRange } from '../../core/version-range';
import { wayToVersion } from '../../core/way-to-version';
import type { Catalog } from '../catalog/catalog';

/**
 * Says how a device gets to a version in a range, for people: by another channel, or by a pin. It checks every bundle.
 * @returns `null` when nothing here takes it there
 */
export function describeWay(
  catalog: Pick<Catalog, 'releasesOf' | 'bundles'>,
  { compatible, systemVersion }: Pick<AskingDevice, 'compatible' | 'systemVersion'>,
  range: VersionRange,
): string | null {
  if (compatible === null) return null;
  const bundles = catalog.bundles().filter((bundle) => bundle.compatible === compatible);
  const way = wayToVersion(range, systemVersion, catalog.releasesOf(compatible), bundles);
  if (way === null) return null;
  return way.kind === 'channel'
    ? `the channel ${way.channel} takes it to ${way.version}`
    : `a pin to ${way.bundleName} takes it to ${way.version}`;
}
