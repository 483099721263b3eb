import { choice, flag } from '../value-types/choice';
import { commonNames, filePath } from '../value-types/text';
import { server, serverOptional } from './option';

/** Which bundles are accepted. */
export const bundleOptions = {
  bundleKeyring: serverOptional(
    'BUNDLE_KEYRING',
    filePath,
    "PEM file with the certificates that bundle signatures must chain to: the devices' keyring. If unset, signers are not checked.",
  ),
  bundlePurpose: server(
    'BUNDLE_PURPOSE',
    choice('smimesign', 'codesign', 'any'),
    'smimesign',
    "Purpose that the signer's certificate must have, as in the devices' `check-purpose=`.",
  ),
  bundlePartialChain: server(
    'BUNDLE_PARTIAL_CHAIN',
    flag,
    'false',
    'Let a chain end at any certificate in the keyring, not only at a self-signed one, as in `allow-partial-chain=`.',
  ),
  bundleCheckCrl: server(
    'BUNDLE_CHECK_CRL',
    flag,
    'false',
    'Require a revocation list from the issuer of every certificate in the chain, as in `check-crl=`. The lists are part of the keyring.',
  ),
  bundleTimeSource: server(
    'BUNDLE_TIME_SOURCE',
    choice('clock', 'signing-time'),
    'clock',
    'When certificates must be valid: now, or when the bundle was signed, as in `use-bundle-signing-time=`.',
  ),
  bundleSignerCns: server(
    'BUNDLE_SIGNER_CNS',
    commonNames,
    '',
    'Common names of accepted signers, separated by semicolons, as in `allowed-signer-cns=`. Empty accepts any.',
  ),
  allowUntrusted: server(
    'ALLOW_UNTRUSTED',
    flag,
    'false',
    'Accept bundles whose signer does not chain to the keyring.',
  ),
  hawkbitOpaqueFiles: server(
    'HAWKBIT_OPAQUE_FILES',
    flag,
    'false',
    "Only for testing update clients: accept files that are not RAUC bundles at `/rest/v1`, without verifying them. Only clients of hawkBit's device protocol get such a file, when it is assigned to them.",
  ),
} as const;
