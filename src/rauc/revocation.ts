import { circumstance } from '../core/circumstances/catalogue';
import { isCircumstance } from '../core/reasons/why';
import { verify } from 'node:crypto';
import type { Finding } from '../core/inspection';
import type { RevocationList } from '../x509/revocation-list';
import { isIdentifiedBy, type ParsedCertificate, safely } from './certificate';
import type { ChainFacts } from './chain-facts';
import { nameOf, refusal } from './refusal';
import { strongScheme } from './strong-scheme';

/**
 * `check-crl`: each certificate of the chain needs a current list from its issuer in the keyring, and must not be on it.
 * Lists that come with the signature do not help; but OpenSSL reads them first, so they must do no harm.
 */
export function checkRevocation({ chain, keyring, profile, at, untrustedLists }: ChainFacts): Finding | null {
  if (!profile.checkCrl) return null;
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1] ?? (certificate.selfSigned ? certificate : undefined);
    if (issuer === undefined) {
      return refusal('chain-no-crl', circumstance('chain-without-list', { name: nameOf(certificate) }));
    }
    const problem =
      askDelivered(untrustedLists, certificate, issuer, at) ??
      findingOf(ask(keyring.revocationLists, certificate, issuer, at), certificate, issuer);
    if (problem !== null) return problem;
  }
  return null;
}

/** What lists in the signature say against a certificate; after an outdated one OpenSSL looks for no other. */
function askDelivered(
  lists: Lists,
  certificate: ParsedCertificate,
  issuer: ParsedCertificate,
  at: Date,
): Finding | null {
  const delivered = lists.filter((list) => isOf(list, issuer));
  if (delivered.length === 0) return null;
  if (delivered.some((list) => !isCurrentList(list, at) || list.isPartial)) {
    return refusal('chain-no-crl', circumstance('delivered-list-unusable', { issuer: nameOf(issuer) }));
  }
  return findingOf(ask(delivered, certificate, issuer, at), certificate, issuer);
}

type Answer = 'good' | 'revoked' | 'none' | 'not-signed';

function findingOf(
  answer: Answer,
  certificate: ParsedCertificate,
  issuer: ParsedCertificate,
): Finding | null {
  switch (answer) {
    case 'good':
      return null;
    case 'revoked':
      return refusal('chain-revoked', circumstance('chain-revoked', { name: nameOf(certificate) }));
    case 'none':
      return refusal('chain-no-crl', circumstance('list-missing', { issuer: nameOf(issuer) }));
    case 'not-signed':
      return refusal('chain-no-crl', circumstance('list-not-signed', { issuer: nameOf(issuer) }));
  }
}

type Lists = readonly RevocationList[];

/** What the lists say about a certificate. As with chains, OpenSSL picks one list, and only then verifies it. */
function ask(lists: Lists, certificate: ParsedCertificate, issuer: ParsedCertificate, at: Date): Answer {
  const current = lists.filter((list) => isOf(list, issuer) && isCurrentList(list, at));
  // We do not check which certificates a partial list covers: it may remove trust, but not add any.
  if (current.some((list) => list.isPartial && list.revoked.has(certificate.serial))) return 'revoked';
  const list = newest(current.filter((candidate) => !candidate.isPartial));
  if (list === undefined) return 'none';
  if (!isSignedBy(list, issuer)) return 'not-signed';
  return list.revoked.has(certificate.serial) ? 'revoked' : 'good';
}

/** Matched by name and key identifier (RFC 5280, section 6.3.3). */
function isOf({ issuerName, authorityKeyId }: RevocationList, issuer: ParsedCertificate): boolean {
  return issuerName === issuer.subjectName && isIdentifiedBy(issuer, authorityKeyId);
}

function isCurrentList({ thisUpdate, nextUpdate }: RevocationList, at: Date): boolean {
  return thisUpdate <= at && (nextUpdate === null || at < nextUpdate);
}

function isSignedBy(list: RevocationList, issuer: ParsedCertificate): boolean {
  if (issuer.keyUsage?.has('cRLSign') === false) return false;
  const scheme = strongScheme(list.signatureAlgorithm, issuer.publicKey);
  if (isCircumstance(scheme)) return false;
  return safely(() => verify(scheme.hash, list.signedBytes, scheme.key, list.signature));
}

function newest(lists: Lists): RevocationList | undefined {
  return [...lists].sort((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime())[0];
}
