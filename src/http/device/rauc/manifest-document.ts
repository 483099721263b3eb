import { createHash } from 'node:crypto';
import type { Bundle } from '../../../core/bundle';
import type { Offer } from '../../../core/offer';
import { describeOffer } from '../../../services/catalog/describe-release';

/** A manifest as it is sent. */
export interface ManifestDocument {
  readonly json: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

/** What a manifest of a bundle depends on, besides the bundle. */
interface Terms {
  readonly compatible: string;
  readonly releasedAt: Date | null;
  readonly baseUrl: string;
}

/** Writes manifests: one document serves all consecutive devices with the same offer. */
export class ManifestDocuments {
  /** Keyed by the catalog's entry of a bundle, which is a new object after any change. */
  readonly #latest = new WeakMap<Bundle, { readonly terms: Terms; readonly document: ManifestDocument }>();

  /** @param baseUrl at which the device reaches the server, without a trailing slash */
  of(offer: Offer, baseUrl: string): ManifestDocument {
    if (offer.kind === 'nothing') return write(offer, baseUrl);
    const terms = { compatible: offer.compatible, releasedAt: offer.release?.releasedAt ?? null, baseUrl };
    const latest = this.#latest.get(offer.bundle);
    if (latest !== undefined && isSame(latest.terms, terms)) return latest.document;
    const document = write(offer, baseUrl);
    this.#latest.set(offer.bundle, { terms, document });
    return document;
  }
}

function isSame(one: Terms, other: Terms): boolean {
  return (
    one.compatible === other.compatible &&
    one.releasedAt?.getTime() === other.releasedAt?.getTime() &&
    one.baseUrl === other.baseUrl
  );
}

function write(offer: Offer, baseUrl: string): ManifestDocument {
  const json = JSON.stringify(describeOffer(offer, baseUrl));
  const etag = `"${createHash('sha256').update(json).digest('base64url')}"`;
  return { json, sizeBytes: Buffer.byteLength(json), etag };
}
