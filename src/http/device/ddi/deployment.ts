import type { Installation } from '../../../core/installation';
import type { Order } from '../../../services/offers/device-actions';
import type { ServableBundle } from './servable-bundle';

/**
 * A deployment as clients read it: `rauc-hawkbit-updater` wants one chunk with one artifact, ids as strings, and lower-case
 * hashes.
 * @param url the URL of the device's resources
 */
export function describeDeployment(
  { id }: Installation,
  bundle: ServableBundle,
  url: string,
  { kind, window }: Order,
): object {
  const { name, sizeBytes, sha256, weakHashes, inspection, compatible } = bundle;
  const artifact = {
    filename: name,
    size: sizeBytes,
    hashes: { ...weakHashes, sha256 },
    _links: {
      [url.startsWith('https:') ? 'download' : 'download-http']: {
        href: `${url}/softwaremodules/${id}/artifacts/${encodeURIComponent(name)}`,
      },
    },
  };
  const chunk = {
    part: 'os',
    version: inspection.manifest?.version ?? sha256.slice(0, 12),
    name: compatible ?? name,
    artifacts: [artifact],
  };
  const download = kind === 'soft' ? 'attempt' : 'forced';
  const deployment = {
    download,
    update: kind === 'downloadonly' || window === 'closed' ? 'skip' : download,
    ...(window === null ? {} : { maintenanceWindow: window === 'open' ? 'available' : 'unavailable' }),
    chunks: [chunk],
  };
  return { id: String(id), deployment };
}
