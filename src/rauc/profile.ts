import { createHash } from 'node:crypto';

/** How the devices of this server verify signatures: RAUC's `[keyring]` section. */
export interface VerificationProfile {
  /** Keyring in PEM; `null` when none is configured: then bundles are neither trusted nor untrusted. */
  readonly anchorsPem: string | null;
  /** `check-purpose`: `smimesign` is RAUC's default; `codesign` is RAUC's own, stricter than OpenSSL's. */
  readonly purpose: 'smimesign' | 'codesign' | 'any';
  /** `allow-partial-chain`: any certificate of the keyring may end the chain. */
  readonly allowPartialChain: boolean;
  /** `check-crl`: every certificate needs a revocation list of its issuer in the keyring. */
  readonly checkCrl: boolean;
  /** `use-bundle-signing-time`: `signing-time` believes the signer's own time. */
  readonly timeSource: 'clock' | 'signing-time';
  /** `allowed-signer-cns`; empty means any. */
  readonly allowedSignerCns: readonly string[];
}

/** Raise it when rules in `src/rauc` change what is trusted: stored bundles are then judged again. */
const judgementRules = 2;

/** 64 hex digits that identify the keyring and profile behind a verdict. */
export function profileFingerprint(profile: VerificationProfile): string {
  const { anchorsPem, purpose, allowPartialChain, checkCrl, timeSource, allowedSignerCns } = profile;
  const parts = [judgementRules, anchorsPem, purpose, allowPartialChain, checkCrl, timeSource];
  return createHash('sha256')
    .update(JSON.stringify([...parts, [...allowedSignerCns].sort()]))
    .digest('hex');
}

/** What verdicts depend on in a profile. */
export function describeProfile(profile: VerificationProfile) {
  return {
    fingerprint: profileFingerprint(profile),
    hasKeyring: profile.anchorsPem !== null,
    dependsOnClock: profile.timeSource === 'clock',
    dependsOnLists: profile.checkCrl,
  };
}
