import type { Why } from './reasons/why';

/** What an inspection of a bundle finds: the nouns that `src/rauc` fills in and everyone else reads. */

/**
 * - `trusted`: intact, and signed by a chain to the configured keyring under the configured profile.
 * - `unchecked`: intact as far as can be seen, but no keyring is configured (or the signature is encrypted).
 * - `untrusted`: intact, but the signer does not chain to the keyring under the profile.
 * - `broken`: not a bundle, damaged, or tampered with. Never stored.
 * - `opaque`: not a bundle, and taken as it is, unverified, for tests with clients of hawkBit's device protocol.
 */
export const verdicts = ['trusted', 'unchecked', 'untrusted', 'broken', 'opaque'] as const;
export type Verdict = (typeof verdicts)[number];

export const bundleFormats = ['plain', 'verity', 'crypt'] as const;
export type BundleFormat = (typeof bundleFormats)[number];

/** One thing to report about a bundle: a stable code for machines, and a message for people. */
export interface Finding {
  readonly code: string;
  /** A text in what an earlier version stored. */
  readonly message: Why;
}

/** A slot image or an artifact named by the manifest. */
export interface Image {
  readonly slotClass: string;
  readonly variant: string | null;
  /** Name of the artifact in an artifact repository (RAUC 1.15 and later). */
  readonly artifact: string | null;
  readonly filename: string | null;
  /** Derived from the file name, as RAUC does, when the manifest does not give it. */
  readonly type: string | null;
  readonly sha256: string | null;
  /** `null` when the manifest has none. */
  readonly sizeBytes: number | null;
  readonly hooks: readonly string[];
  readonly adaptive: readonly string[];
  readonly convert: readonly string[];
  readonly converted: readonly string[];
}

/** The content of `manifest.raucm`, without the `crypt-key`, which is a secret. */
export interface Manifest {
  readonly compatible: string;
  readonly version: string | null;
  readonly description: string | null;
  readonly build: string | null;
  readonly minRaucVersion: string | null;
  readonly format: BundleFormat;
  readonly verityHash: string | null;
  readonly veritySalt: string | null;
  readonly veritySizeBytes: number | null;
  readonly hooks: { readonly filename: string | null; readonly hooks: readonly string[] };
  readonly handler: { readonly filename: string; readonly args: string | null } | null;
  readonly images: readonly Image[];
  /** `[meta.LABEL]` groups: label, key, value. */
  readonly meta: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A certificate of the signer's chain, as people name it. */
export interface SignerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the SubjectPublicKeyInfo, upper-case hex pairs with colons, as `rauc info` prints it. */
  readonly spkiFingerprint: string;
  /** For example `EC P-256` or `RSA 3072`. */
  readonly keyAlgorithm: string;
}

/** Who can decrypt an encrypted crypt bundle: all that its CMS reveals without a key. */
export interface Recipient {
  readonly issuer: string;
  readonly serial: string;
  readonly algorithm: string;
}

/**
 * The verdict on a signature under one keyring and profile: the part of an inspection that can change while the bytes stay the
 * same.
 */
export interface Judgement {
  readonly verdict: Verdict;
  /** Why the verdict is `untrusted` or `broken`; empty otherwise. */
  readonly reasons: readonly Finding[];
  /** Leaf first, as far as the chain could be built. */
  readonly signerChain: readonly SignerCertificate[];
  /** Fingerprint of the keyring and profile under which it was judged; `null` in what an earlier version stored. */
  readonly judgedUnder: string | null;
}

export interface Inspection extends Judgement {
  /** What people should know before they release an accepted bundle. */
  readonly warnings: readonly Finding[];
  /** What could be improved but does no harm. */
  readonly hints: readonly Finding[];
  /** `null` when the file is too damaged to tell. */
  readonly format: BundleFormat | null;
  /** Whether the CMS is encrypted (EnvelopedData): then manifest and signer are unknown. */
  readonly encrypted: boolean;
  readonly sizeBytes: number;
  /** Bytes before the CMS: squashfs (or ciphertext) and hash tree. */
  readonly payloadSizeBytes: number | null;
  readonly signatureSizeBytes: number | null;
  /** SHA-256 over the raw manifest bytes, lower-case hex, as `rauc info` prints it. */
  readonly manifestHash: string | null;
  readonly manifest: Manifest | null;
  readonly recipients: readonly Recipient[];
}
