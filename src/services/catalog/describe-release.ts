import type { Bundle } from '../../core/bundle';
import type { Offer } from '../../core/offer';
import { sentenceOf } from '../../core/offer-sentences';
import { sayWhy } from '../../core/circumstances/sentences';
import type { Why } from '../../core/reasons/why';
import type { Release } from '../../core/release';

/** The manifest JSON that devices and other tools read. */
export interface ReleaseManifest {
  readonly bundle_url: string;
  readonly compatible: string;
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
  /** UTC with `Z`. */
  readonly released_at: string | null;
  readonly version: string | null;
  readonly format: string | null;
  readonly manifest_hash: string | null;
  /** Why there is nothing to install. */
  readonly reason?: string;
}

/**
 * Translates what one device is offered. With nothing to install, `bundle_url` and `filename` are `""`.
 * @param baseUrl what devices use to reach the server, without a slash at the end
 */
export function describeOffer(offer: Offer, baseUrl: string): ReleaseManifest {
  const { compatible } = offer;
  if (offer.kind === 'nothing') return describeNothing(compatible, sentenceOf(offer.because));
  return describeBundle(compatible, offer.bundle, offer.release?.releasedAt ?? null, baseUrl);
}

/** Translates what is current, regardless of which devices get it yet. */
export function describeRelease(
  { compatible, bundle, releasedAt }: Release,
  baseUrl: string,
): ReleaseManifest {
  return describeBundle(compatible, bundle, releasedAt, baseUrl);
}

export function describeNothing(compatible: string, reason: Why): ReleaseManifest {
  return {
    bundle_url: '',
    compatible,
    filename: '',
    size: 0,
    sha256: '',
    released_at: null,
    version: null,
    format: null,
    manifest_hash: null,
    reason: sayWhy(reason),
  };
}

function describeBundle(
  compatible: string,
  bundle: Bundle,
  releasedAt: Date | null,
  baseUrl: string,
): ReleaseManifest {
  return {
    bundle_url: `${baseUrl}${pinnedPath(bundle)}`,
    compatible,
    filename: bundle.name,
    size: bundle.sizeBytes,
    sha256: bundle.sha256,
    released_at: releasedAt?.toISOString() ?? null,
    version: bundle.inspection.manifest?.version ?? null,
    format: bundle.inspection.format,
    manifest_hash: bundle.inspection.manifestHash,
  };
}

/** The path at which the device listener serves exactly these bytes. */
export function pinnedPath({ sha256, name }: Bundle): string {
  return `/bundles/${sha256}/${encodeURIComponent(name)}`;
}
