import { counted } from '../../../base/text/counted';
import { sayWhy } from '../../circumstances/sentences';
import type { Why } from '../why';
import { mismatchingImages } from '../../image-check';
import { inDays, withFullStop } from './words';

const signAgain = 'Sign it again and release the new one.';

interface Releases {
  releases: number;
  /** The first of the releases, each with its bundle and target. */
  bundles: readonly string[];
  compatibles: readonly string[];
  channels: readonly string[];
}

/** What needs attention about releases and pinned bundles. */
export const releaseAttention = {
  'paused-rollout': ({
    bundle,
    compatible,
    channel,
    why,
  }: {
    bundle: string;
    compatible: string;
    channel: string;
    why: Why | null;
  }) =>
    withFullStop(
      `The rollout of ${bundle} to ${compatible} (${channel}) is paused${why === null ? '' : `: ${sayWhy(why)}`}`,
    ),
  'pinned-bundle-untrusted': ({ bundle, devices, why }: { bundle: string; devices: number; why: Why }) =>
    withFullStop(
      `${bundle} is no longer trusted, and not offered to ${counted(devices, 'device')} pinned to it: ${sayWhy(why)}`,
    ),
  'images-mismatch': ({ bundle, files }: { bundle: string; files: readonly string[] }) =>
    `${bundle} has ${mismatchingImages(files)}. Devices refuse to install it. Build it again and release the new one.`,
  'signer-expired': ({ bundle }: { bundle: string }) =>
    `A certificate of the signer of ${bundle} has expired, and devices refuse the bundle. ${signAgain}`,
  'signer-expiring': ({ bundle, days }: { bundle: string; days: number }) =>
    `A certificate of the signer of ${bundle} expires ${inDays(days)}. Devices will then refuse the bundle. ${signAgain}`,
  'downgrade-allowed': ({ releases, bundles, compatibles, channels }: Releases) => {
    const named = bundles.map((bundle, index) => `${bundle} for ${compatibles[index]} (${channels[index]})`);
    const others = releases - named.length;
    const reach = releases === 1 ? 'also reaches' : 'also reach';
    return (
      `${counted(releases, 'release')} from before the upgrade ${reach} devices that run a newer version: ` +
      [...named, ...(others === 0 ? [] : [`${others} more`])].join(', ') +
      '.'
    );
  },
};
