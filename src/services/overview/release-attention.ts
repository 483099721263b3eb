import { maxSubjects } from '../../core/attention-kind';
import type { Bundle } from '../../core/bundle';
import { daysLeft } from '../../core/certificate';
import { attentionReason } from '../../core/reasons/attention/sentences';
import type { Release } from '../../core/release';
import type { Dismissal } from '../../ports/dismissals';
import type { BundleTrust } from '../catalog/bundle-trust';
import type { AttentionItem } from './attention-item';

export interface ReleaseFacts {
  readonly at: Date;
  readonly releases: readonly Release[];
  /** Bundles that devices are pinned to. */
  readonly pinned: readonly { readonly bundle: Bundle; readonly devices: number }[];
  readonly bundleTrust: Pick<BundleTrust, 'whyUntrusted' | 'endsAt'>;
  /** What people dismissed. */
  readonly dismissed: readonly Dismissal[];
}

/** Time enough to sign again by hand. */
const expiryNoticeDays = 30;
/** How many releases are listed. */
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
    const why = rollout.reason;
    const reason = attentionReason('paused-rollout', { bundle: bundle.name, compatible, channel, why });
    return [{ kind: 'paused-rollout', count: 1, compatible, channel, releaseId: id, reason }];
  });
}

/** A release that is not trusted shows as a paused rollout; a pin does not. */
function ofPins({ pinned, bundleTrust }: ReleaseFacts): AttentionItem[] {
  return pinned.flatMap(({ bundle, devices }): AttentionItem[] => {
    const why = bundleTrust.whyUntrusted(bundle);
    if (why === null) return [];
    const reason = attentionReason('pinned-bundle-untrusted', { bundle: bundle.name, devices, why });
    return [{ kind: 'bundle-untrusted', count: devices, bundleName: bundle.name, reason }];
  });
}

/** Bundles that are released or pinned, each once. */
function usedBundles({ releases, pinned }: ReleaseFacts): readonly Bundle[] {
  const used = [...releases, ...pinned].map(({ bundle }) => [bundle.name, bundle] as const);
  return [...new Map(used).values()];
}

/** Bundles that devices would download completely and then refuse. */
function ofImages(facts: ReleaseFacts): AttentionItem[] {
  return usedBundles(facts).flatMap(({ name, imageCheck }): AttentionItem[] => {
    if (imageCheck.state !== 'mismatch') return [];
    const reason = attentionReason('images-mismatch', { bundle: name, files: imageCheck.files });
    return [{ kind: 'images-mismatch', count: 1, bundleName: name, reason }];
  });
}

/** Once its signer's certificate expires, every device refuses a bundle, even an intact one. */
function ofSigners(facts: ReleaseFacts): AttentionItem[] {
  const { at, bundleTrust } = facts;
  return usedBundles(facts).flatMap((bundle): AttentionItem[] => {
    const endsAt = bundleTrust.endsAt(bundle);
    const days = endsAt === null ? expiryNoticeDays : daysLeft(endsAt, at);
    if (days >= expiryNoticeDays) return [];
    const { name } = bundle;
    const reason =
      days < 0
        ? attentionReason('signer-expired', { bundle: name })
        : attentionReason('signer-expiring', { bundle: name, days });
    return [{ kind: 'signer-expiring', count: 1, bundleName: name, reason }];
  });
}

/** Releases from before there was a choice whether devices may be downgraded to them. */
function ofInheritedDowngrades({ releases, dismissed }: ReleaseFacts): AttentionItem {
  const kind = 'downgrade-allowed';
  const seen = new Set(dismissed.filter((one) => one.kind === kind).map(({ subject }) => subject));
  const inherited = releases.filter(
    ({ id, rollout: { policy } }) => policy.isDowngradeInherited === true && !seen.has(String(id)),
  );
  const named = inherited.slice(0, maxNamed);
  return {
    kind,
    count: inherited.length,
    reason: attentionReason('downgrade-allowed', {
      releases: inherited.length,
      bundles: named.map(({ bundle }) => bundle.name),
      compatibles: named.map(({ compatible }) => compatible),
      channels: named.map(({ channel }) => channel),
    }),
    subjects: inherited.slice(0, maxSubjects).map(({ id }) => String(id)),
  };
}
