import type { AttentionJson } from '../../../contract/attention';
import { linkTo } from '../../location';

/** Where an item can be settled. For a list of the API, that is the page with the same path and query. */
export function placeOf({ kind, release_id: release, bundle, device, list }: AttentionJson): string {
  switch (kind) {
    case 'downgrade-allowed':
    case 'database-restored':
      return '/rollouts';
    case 'paused-rollout':
      return release === undefined ? '/rollouts' : linkTo('rollouts', release);
    case 'bundle-untrusted':
    case 'images-mismatch':
    case 'signer-expiring':
      return bundle === undefined ? '/bundles' : linkTo('bundles', bundle);
    case 'over-budget':
      return device === undefined ? '/devices' : linkTo('devices', device);
    case 'ca-certificate-expiring':
    case 'server-certificate-expiring':
    case 'server-certificate-held-back':
    case 'server-certificate-misses-names':
      return '/certificates';
    default:
      if (device !== undefined) return linkTo('devices', device);
      return list === undefined ? '/settings' : list.slice('/api'.length);
  }
}
