import type { Offer } from '../core/offer';

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
 * Translates an offer. With nothing to install `bundle_url` and `filename` are `""`.
 * @param baseUrl what devices use to reach the server, without a slash at the end
 */
export function describeOffer(offer: Offer, baseUrl: string): ReleaseManifest {
  if (offer.kind === 'nothing') {
    return {
      bundle_url: '',
      compatible: offer.compatible,
      filename: '',
      size: 0,
      sha256: '',
      released_at: null,
      version: null,
      format: null,
      manifest_hash: null,
      reason: offer.message,
    };
  }
  const { bundle, release } = offer;
  return {
    bundle_url: `${baseUrl}/bundles/${bundle.sha256}/${encodeURIComponent(bundle.name)}`,
    compatible: offer.compatible,
    filename: bundle.name,
    size: bundle.sizeBytes,
    sha256: bundle.sha256,
    released_at: release.releasedAt.toISOString(),
    version: bundle.inspection.manifest?.version ?? null,
    format: bundle.inspection.format,
    manifest_hash: bundle.inspection.manifestHash,
  };
}
