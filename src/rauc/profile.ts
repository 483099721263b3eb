import { createHash } from 'node:crypto';

/** How the devices of this server verify signatures: RAUC's `[keyring]` section. */
export interface VerificationProfile {
  /** Keyring in PEM; `null` when none is configured: then nothing can be trusted or untrusted. */
  readonly anchorsPem: string | null;
  /** `check-purpose`: `smimesign` is RAUC's default; `codesign` is RAUC's own, stricter than OpenSSL's. */
  readonly purpose: 'smimesign' | 'codesign' | 'any';
  /** `allow-partial-chain`: any certificate of the keyring ends the chain. */
  readonly allowPartialChain: boolean;
  /** `check-crl`: every certificate needs a revocation list of its issuer in the keyring. */
  readonly checkCrl: boolean;
  /** `use-bundle-signing-time`: `signing-time` believes the time that the signer wrote. */
  readonly timeSource: 'clock' | 'signing-time';
  /** `allowed-signer-cns`; empty means any. */
  readonly allowedSignerCns: readonly string[];
}

/** Raise it when the rules of `src/rauc` change what is trusted: stored bundles are then judged again. */
const judgementRules = 2;

/** Says in 64 hex digits what a verdict was found under: another keyring or profile has another one. */
export function profileFingerprint(profile: VerificationProfile): string {
  const { anchorsPem, purpose, allowPartialChain, checkCrl, timeSource, allowedSignerCns } = profile;
  const parts = [judgementRules, anchorsPem, purpose, allowPartialChain, checkCrl, timeSource];
  return createHash('sha256')
    .update(JSON.stringify([...parts, [...allowedSignerCns].sort()]))
    .digest('hex');
}

/** What verdicts under a profile depend on. */
export function describeProfile(profile: VerificationProfile) {
  return {
    fingerprint: profileFingerprint(profile),
    hasKeyring: profile.anchorsPem !== null,
    dependsOnClock: profile.timeSource === 'clock',
    dependsOnLists: profile.checkCrl,
  };
}
