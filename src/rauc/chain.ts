import type { Finding } from '../core/inspection';
import { type ParsedCertificate, safely } from './certificate';
import { checkRules } from './chain-rules';
import type { Keyring } from './keyring';
import type { VerificationProfile } from './profile';
import { nameOf, refusal } from './refusal';

/** A chain that holds, or the first rule that the best chain breaks; either way as far as it could be built. */
export interface ChainResult {
  /** Signer first. */
  readonly chain: readonly ParsedCertificate[];
  readonly problem: Finding | null;
}

const maxChainLength = 10;
/** Cross-signed certificates can make many chains; a hostile CMS must not make us try them all. */
const maxIssuerChecks = 200;

/**
 * Validates the signer's chain as RAUC does with OpenSSL: path to the keyring, basic constraints, key usage, validity,
 * purpose, revocation lists, signer names (RFC 5280 section 6; RAUC reference, "[keyring] section").
 * @param at the time that every certificate must be valid at
 */
export function validateChain(
  signer: ParsedCertificate,
  untrusted: readonly ParsedCertificate[],
  keyring: Keyring,
  profile: VerificationProfile,
  at: Date,
): ChainResult {
  let checks = 0;
  let best: ChainResult | undefined;

  const consider = (result: ChainResult): boolean => {
    if (
      best === undefined ||
      result.problem === null ||
      (best.problem?.code === 'chain-incomplete' && result.problem.code !== 'chain-incomplete')
    ) {
      best = result;
    }
    return result.problem === null;
  };

  const extend = (chain: readonly ParsedCertificate[]): boolean => {
    const last = chain.at(-1) ?? signer;
    const isAnchor = contains(keyring.certificates, last);
    if (isAnchor && (last.selfSigned || profile.allowPartialChain)) {
      if (consider({ chain, problem: checkRules({ chain, keyring, profile, at }) })) return true;
    }
    if (last.selfSigned) return !isAnchor && consider({ chain, problem: notAnchored(last) });
    const issuers = [...keyring.certificates, ...untrusted].filter(
      (candidate) => !contains(chain, candidate) && safely(() => last.x509.checkIssued(candidate.x509)),
    );
    for (const issuer of chain.length < maxChainLength ? issuers : []) {
      if (++checks > maxIssuerChecks) break;
      if (isSignedBy(last, issuer) && extend([...chain, issuer])) return true;
    }
    return consider({ chain, problem: incomplete(last) });
  };

  extend([signer]);
  return best ?? { chain: [signer], problem: incomplete(signer) };
}

function isSignedBy(certificate: ParsedCertificate, issuer: ParsedCertificate): boolean {
  const { publicKey } = issuer;
  return publicKey !== null && safely(() => certificate.x509.verify(publicKey));
}

function contains(list: readonly ParsedCertificate[], certificate: ParsedCertificate): boolean {
  return list.some((member) => member.x509.raw.equals(certificate.x509.raw));
}

function incomplete(last: ParsedCertificate): Finding {
  return refusal(
    'chain-incomplete',
    `the issuer of ${nameOf(last)} is neither in the bundle nor in the keyring`,
  );
}

function notAnchored(last: ParsedCertificate): Finding {
  return refusal('chain-not-anchored', `the chain ends in ${nameOf(last)}, which is not in the keyring`);
}
