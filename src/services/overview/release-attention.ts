import { maxSubjects } from '../../core/attention-kind';
import type { Bundle } from '../../core/bundle';
import { daysLeft } from '../../core/certificate';
import { namedImages } from '../../core/image-check';
import type { Release } from '../../core/release';
import type { Dismissal } from '../../ports/dismissals';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { AttentionItem } from './attention-item';
import { counted } from './attention-words';

export interface ReleaseFacts {
  readonly at: Date;
  readonly releases: readonly Release[];
  /** Bundles that devices are pinned to. */
  readonly pinned: readonly { readonly bundle: Bundle; readonly devices: number }[];
  readonly bundleTrust: Pick<BundleTrust, 'whyUntrusted' | 'endsAt'>;
  /** What people dismissed. */
  readonly dismissed: readonly Dismissal[];
}

/** Enough to sign again by hand. */
const expiryNoticeDays = 30;
/** Releases that a sentence names. */
const maxNamed = 5;

/** What needs attention about releases and pinned bundles. */
export function ofReleases(facts: ReleaseFacts): readonly AttentionItem[] {
  return [
    ...ofPaused(facts),
    ...ofPins(facts),
    ...ofImages(facts),
    ...ofSigners(facts),
    ofInheritedDowngrades(facts),
  ];
}

function ofPaused({ releases }: ReleaseFacts): AttentionItem[] {
  return releases.flatMap(({ id, compatible, channel, bundle, rollout }): AttentionItem[] => {
    if (rollout.state !== 'paused') return [];
    const reason = rollout.reason === null ? '' : `: ${rollout.reason}`;
    const message = `the rollout of ${bundle.name} to ${compatible} (${channel}) is paused${reason}`;
    return [{ kind: 'paused-rollout', count: 1, compatible, channel, releaseId: id, message }];
  });
}

/** A release that is not trusted is a paused rollout; a pin has none. */
function ofPins({ pinned, bundleTrust }: ReleaseFacts): AttentionItem[] {
  return pinned.flatMap(({ bundle, devices }): AttentionItem[] => {
    const why = bundleTrust.whyUntrusted(bundle);
    if (why === null) return [];
    const message = `${bundle.name} is no longer trusted, and not offered to ${counted(devices, 'device')} pinned to it: ${why}`;
    return [{ kind: 'bundle-untrusted', count: devices, bundleName: bundle.name, message }];
  });
}

/** Bundles that are released or pinned, each once. */
function usedBundles({ releases, pinned }: ReleaseFacts): readonly Bundle[] {
  const used = [...releases, ...pinned].map(({ bundle }) => [bundle.name, bundle] as const);
  return [...new Map(used).values()];
}

/** A bundle that devices download as a whole and then refuse. */
function ofImages(facts: ReleaseFacts): AttentionItem[] {
  return usedBundles(facts).flatMap(({ name, imageCheck }): AttentionItem[] => {
    if (imageCheck.state !== 'mismatch') return [];
    const message = `${name} has images that do not match its manifest, and devices refuse to install it: ${namedImages(imageCheck.files)}. Build it again and release the new one`;
    return [{ kind: 'images-mismatch', count: 1, bundleName: name, message }];
  });
}

/** A bundle whose signer runs out is refused by every device, however sound it is. */
function ofSigners(facts: ReleaseFacts): AttentionItem[] {
  const { at, bundleTrust } = facts;
  return usedBundles(facts).flatMap((bundle): AttentionItem[] => {
    const endsAt = bundleTrust.endsAt(bundle);
    const days = endsAt === null ? expiryNoticeDays : daysLeft(endsAt, at);
    if (days >= expiryNoticeDays) return [];
    const what = `a certificate of the signer of ${bundle.name}`;
    const message =
      days < 0
        ? `${what} has expired, and devices refuse the bundle. Sign it again and release the new one`
        : `${what} expires in ${counted(days, 'day')}. Devices will then refuse the bundle. Sign it again and release the new one`;
    return [{ kind: 'signer-expiring', count: 1, bundleName: bundle.name, message }];
  });
}

/** Releases made before anybody was asked whether devices may go down to them. */
function ofInheritedDowngrades({ releases, dismissed }: ReleaseFacts): AttentionItem {
  const kind = 'downgrade-allowed';
  const seen = new Set(dismissed.filter((one) => one.kind === kind).map(({ subject }) => subject));
  const inherited = releases.filter(
    ({ id, rollout: { policy } }) => policy.isDowngradeInherited === true && !seen.has(String(id)),
  );
  const named = inherited
    .slice(0, maxNamed)
    .map(({ bundle, compatible, channel }) => `${bundle.name} for ${compatible} (${channel})`);
  const others = inherited.length - named.length;
  const which = [...named, ...(others === 0 ? [] : [`${others} more`])].join(', ');
  const reach = inherited.length === 1 ? 'also reaches' : 'also reach';
  return {
    kind,
    count: inherited.length,
    message: `${counted(inherited.length, 'release')} from before the upgrade ${reach} devices that run a newer version: ${which}`,
    subjects: inherited.slice(0, maxSubjects).map(({ id }) => String(id)),
  };
}
