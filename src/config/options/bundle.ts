import { choice, flag } from '../value-types/choice';
import { commonNames, filePath } from '../value-types/text';
import { server, serverOptional } from './option';

/** Which bundles are taken in. */
export const bundleOptions = {
  bundleKeyring: serverOptional(
    'BUNDLE_KEYRING',
    filePath,
    "PEM file with the certificates that bundle signatures must chain to: the devices' keyring. Without it signers are not checked.",
  ),
  bundlePurpose: server(
    'BUNDLE_PURPOSE',
    choice('smimesign', 'codesign', 'any'),
    'smimesign',
    "Purpose that the signer's certificate must have: `check-purpose=` of the devices.",
  ),
  bundlePartialChain: server(
    'BUNDLE_PARTIAL_CHAIN',
    flag,
    'false',
    'Any certificate of the keyring ends the chain, not only a self-signed one: `allow-partial-chain=`.',
  ),
  bundleCheckCrl: server(
    'BUNDLE_CHECK_CRL',
    flag,
    'false',
    'Every certificate of the chain needs a revocation list of its issuer in the keyring: `check-crl=`.',
  ),
  bundleTimeSource: server(
    'BUNDLE_TIME_SOURCE',
    choice('clock', 'signing-time'),
    'clock',
    'When certificates must be valid: now, or when the bundle was signed (`use-bundle-signing-time=`).',
  ),
  bundleSignerCns: server(
    'BUNDLE_SIGNER_CNS',
    commonNames,
    '',
    'Common names of the signers that are accepted, separated by semicolons; empty means any: `allowed-signer-cns=`.',
  ),
  allowUntrusted: server(
    'ALLOW_UNTRUSTED',
    flag,
    'false',
    'Store bundles whose signer does not chain to the keyring.',
  ),
} as const;
