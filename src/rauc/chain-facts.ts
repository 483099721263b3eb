import type { ParsedCertificate } from './certificate';
import type { Keyring } from './keyring';
import type { VerificationProfile } from './profile';

/** A complete chain, signer first, and what to check it against. */
export interface ChainFacts {
  readonly chain: readonly ParsedCertificate[];
  readonly keyring: Keyring;
  readonly profile: VerificationProfile;
  /** The time that every certificate must be valid at. */
  readonly at: Date;
  /** Revocation lists that come with the signature. */
  readonly untrustedLists: Keyring['revocationLists'];
}
