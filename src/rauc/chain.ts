import { circumstance } from '../core/circumstances/catalogue';
import type { Finding } from '../core/inspection';
import { isCurrent, mayHaveIssued, type ParsedCertificate } from './certificate';
import { checkRules } from './chain-rules';
import type { Keyring } from './keyring';
import type { VerificationProfile } from './profile';
import { nameOf, refusal } from './refusal';

/** The chain that RAUC would build, as far as it could be built, and the first rule that it breaks. */
export interface ChainResult {
  /** Signer first. */
  readonly chain: readonly ParsedCertificate[];
  readonly problem: Finding | null;
}

/** What comes with the signature; no one vouches for it. */
export interface Untrusted {
  readonly certificates: readonly ParsedCertificate[];
  readonly revocationLists: Keyring['revocationLists'];
}

/** OpenSSL stops at a hundred; no bundle's chain is that long. */
const maxChainLength = 10;

/**
 * Validates the signer's chain as RAUC does with OpenSSL: builds one chain without regard to what will be checked, then
 * checks it: basic constraints, key usage, validity, purpose, revocation lists, signer names (RFC 5280 section 6; RAUC
 * reference, "[keyring] section"). Another chain that would pass does not help, here or on a device.
 * @param at the time that every certificate must be valid at
 */
export function validateChain(
  signer: ParsedCertificate,
  untrusted: Untrusted,
  keyring: Keyring,
  profile: VerificationProfile,
  at: Date,
): ChainResult {
  const { chain, problem } = buildChain(signer, untrusted.certificates, keyring, profile, at);
  const facts = { chain, keyring, profile, at, untrustedLists: untrusted.revocationLists };
  return { chain, problem: problem ?? checkRules(facts) };
}

/**
 * Builds the chain that OpenSSL builds (`build_chain` of crypto/x509/x509_vfy.c, which looks for an issuer among the
 * trusted certificates first): after the first issuer in the keyring, only the keyring counts.
 */
function buildChain(
  signer: ParsedCertificate,
  untrusted: readonly ParsedCertificate[],
  keyring: Keyring,
  profile: VerificationProfile,
  at: Date,
): ChainResult {
  const chain = [signer];
  let isTrusted = false;
  for (;;) {
    const last = chain.at(-1) ?? signer;
    const anchor = bestIssuer(last, keyring.certificates, at);
    if (anchor !== undefined && last.selfSigned) {
      if (isSame(anchor, last)) return { chain, problem: null };
      break; // the keyring has another one with this name and key first
    }
    if (anchor !== undefined) {
      chain.push(anchor);
      isTrusted = true;
      if (anchor.selfSigned || profile.allowPartialChain) return { chain, problem: null };
    } else {
      const others = untrusted.filter((candidate) => !contains(chain, candidate));
      const issuer = isTrusted || last.selfSigned ? undefined : bestIssuer(last, others, at);
      if (issuer === undefined) break;
      chain.push(issuer);
    }
    if (chain.length > maxChainLength) break;
  }
  const last = chain.at(-1) ?? signer;
  if (!isTrusted && profile.allowPartialChain && contains(keyring.certificates, signer))
    return { chain, problem: null };
  return { chain, problem: last.selfSigned ? notAnchored(last) : incomplete(last) };
}

/** The first issuer that is valid now; else the one that is valid longest, as OpenSSL chooses. */
function bestIssuer(
  certificate: ParsedCertificate,
  candidates: readonly ParsedCertificate[],
  at: Date,
): ParsedCertificate | undefined {
  const issuers = candidates.filter((candidate) => mayHaveIssued(candidate, certificate));
  const [first, ...others] = issuers;
  if (first === undefined) return undefined;
  return (
    issuers.find((issuer) => isCurrent(issuer, at)) ??
    others.reduce((best, issuer) => (issuer.notAfter > best.notAfter ? issuer : best), first)
  );
}

function contains(list: readonly ParsedCertificate[], certificate: ParsedCertificate): boolean {
  return list.some((member) => isSame(member, certificate));
}

function isSame(one: ParsedCertificate, other: ParsedCertificate): boolean {
  return one.x509.raw.equals(other.x509.raw);
}

function incomplete(last: ParsedCertificate): Finding {
  return refusal('chain-incomplete', circumstance('chain-incomplete', { name: nameOf(last) }));
}

function notAnchored(last: ParsedCertificate): Finding {
  return refusal('chain-not-anchored', circumstance('chain-not-anchored', { name: nameOf(last) }));
}
