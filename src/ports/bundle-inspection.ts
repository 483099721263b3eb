import type { WeakHashes } from '../core/bundle';
import type { ImageCheck } from '../core/image-check';
import type { Finding, Inspection, Judgement } from '../core/inspection';
import type { OpenFile } from './bundle-storage';

/** Which part of an open bundle to inspect. A thread of this process reads it by its descriptor. */
export type BundleBytes = Pick<OpenFile, 'sizeBytes' | 'descriptor' | 'read'>;

/** Inspects a bundle and verifies it under the configured profile, off the event loop. */
export type InspectBundle = (bytes: BundleBytes) => Promise<Inspection>;

/** Judges a stored bundle by trailer and CMS alone, under the current keyring and profile. */
export type JudgeSignature = (
  bytes: BundleBytes,
) => Promise<Judgement & { readonly signerWarnings: readonly Finding[] }>;

/**
 * Hashes the images of a bundle, off the event loop. Rejects when the bundle cannot be read, and when the check ends early or is
 * cancelled.
 */
export type CheckImages = (
  bytes: BundleBytes,
  inspection: Inspection,
  signal: AbortSignal,
) => Promise<ImageCheck>;

/**
 * Hashes all bytes of a bundle, off the event loop. Rejects when the bundle cannot be read, and when hashing ends early or is
 * cancelled.
 */
export type HashBundle = (
  bytes: BundleBytes,
  signal: AbortSignal,
) => Promise<{ readonly sha256: string; readonly weakHashes: WeakHashes }>;

/** What verdicts currently depend on. */
export interface TrustTerms {
  /** Identifies the keyring and profile. Verdicts with another fingerprint do not count. */
  readonly fingerprint: string;
  /** Without a keyring nothing is trusted or untrusted. */
  readonly hasKeyring: boolean;
  /** Certificates must be valid now, not when the bundle was signed. */
  readonly dependsOnClock: boolean;
  /** Verdicts depend on revocation lists, which are replaced and expire. */
  readonly dependsOnLists: boolean;
}
