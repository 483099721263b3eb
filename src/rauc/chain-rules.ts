import { circumstance } from '../core/circumstances/catalogue';
import { isCircumstance } from '../core/reasons/why';
import type { Finding } from '../core/inspection';
import { extensionOids, keyPurposes } from '../x509/extensions';
import { attributeOids } from '../x509/name';
import { isWithinLimits, type NameLimits } from '../x509/name-constraints';
import { isCurrent, type ParsedCertificate, safely } from './certificate';
import type { ChainFacts } from './chain-facts';
import { nameOf, refusal } from './refusal';
import { checkRevocation } from './revocation';
import { keyWeakness, strongScheme } from './strong-scheme';

/** Bits of Netscape's certificate type that OpenSSL accepts for signing mail: S/MIME, and TLS client. */
const mailOrClient = 0x20 | 0x80;

type Rule = (facts: ChainFacts) => Finding | null;

const rules: readonly Rule[] = [
  checkKeys,
  checkSignatures,
  checkExtensions,
  checkAuthorities,
  checkNames,
  checkValidity,
  checkPurpose,
  checkRevocation,
  checkSignerName,
];

/** The first rule that a chain breaks; `null` when it breaks none. */
export function checkRules(facts: ChainFacts): Finding | null {
  for (const rule of rules) {
    const problem = rule(facts);
    if (problem !== null) return problem;
  }
  return null;
}

function checkKeys({ chain }: ChainFacts): Finding | null {
  for (const [index, certificate] of chain.entries()) {
    const weakness = keyWeakness(certificate.publicKey);
    if (weakness !== undefined)
      return refusal('chain-weak', circumstance('chain-weak', { name: nameOf(certificate), why: weakness }));
    const issuer = chain[index + 1];
    if (issuer === undefined) continue;
    const scheme = strongScheme(certificate.signatureAlgorithm, issuer.publicKey);
    if (isCircumstance(scheme))
      return refusal('chain-weak', circumstance('chain-weak', { name: nameOf(certificate), why: scheme }));
  }
  return null;
}

/** Verifies each signature: names match already, but anyone can use any name. */
function checkSignatures({ chain }: ChainFacts): Finding | null {
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1];
    if (issuer === undefined || isSignedBy(certificate, issuer)) continue;
    return refusal(
      'chain-incomplete',
      circumstance('chain-not-signed', { name: nameOf(certificate), issuer: nameOf(issuer) }),
    );
  }
  return null;
}

function isSignedBy({ x509 }: ParsedCertificate, issuer: ParsedCertificate): boolean {
  const { publicKey } = issuer;
  return publicKey !== null && safely(() => x509.verify(publicKey));
}

function checkExtensions({ chain }: ChainFacts): Finding | null {
  const strange = chain.find((certificate) => certificate.notUnderstood.length > 0);
  return strange
    ? refusal(
        'chain-critical-extension',
        circumstance('chain-extension-unknown', { name: nameOf(strange), ids: strange.notUnderstood }),
      )
    : null;
}

function checkAuthorities({ chain }: ChainFacts): Finding | null {
  let below = 0; // CA certificates below that are not self-issued: what pathLenConstraint counts
  for (const authority of chain.slice(1)) {
    if (!authority.isCa || !authority.maySign) {
      return refusal('chain-not-a-ca', circumstance('chain-not-a-ca', { name: nameOf(authority) }));
    }
    if (authority.pathLength !== null && below > authority.pathLength) {
      return refusal(
        'chain-path-length',
        circumstance('chain-too-long', {
          name: nameOf(authority),
          limit: authority.pathLength,
          count: below,
        }),
      );
    }
    if (!authority.selfIssued) below++;
  }
  return null;
}

/** A CA may limit the names below it; only self-issued intermediates are exempt. */
function checkNames({ chain }: ChainFacts): Finding | null {
  for (const [index, certificate] of chain.entries()) {
    if (index > 0 && certificate.selfIssued) continue;
    const limiting = chain
      .slice(index + 1)
      .find(({ nameLimits }) => nameLimits !== null && !keepsLimits(certificate, nameLimits));
    if (limiting !== undefined) {
      return refusal(
        'chain-name',
        circumstance('chain-name-not-allowed', { name: nameOf(certificate), authority: nameOf(limiting) }),
      );
    }
  }
  return null;
}

/** Whether a certificate obeys the limits of a CA above it, as far as we can tell. */
function keepsLimits({ subject, subjectName, extensions }: ParsedCertificate, limits: NameLimits): boolean {
  const hasOtherNames =
    subject.some(({ type }) => type === attributeOids.emailAddress) ||
    extensions.some(({ id }) => id === extensionOids.subjectAltName);
  return !hasOtherNames && isWithinLimits(subjectName, limits);
}

function checkValidity({ chain, at }: ChainFacts): Finding | null {
  for (const certificate of chain) {
    if (isCurrent(certificate, at)) continue;
    if (certificate.notAfter <= at)
      return refusal(
        'chain-expired',
        circumstance('chain-expired', { name: nameOf(certificate), at: certificate.notAfter.toISOString() }),
      );
    return refusal(
      'chain-not-yet-valid',
      circumstance('chain-not-yet-valid', {
        name: nameOf(certificate),
        at: certificate.notBefore.toISOString(),
      }),
    );
  }
  return null;
}

function checkPurpose({ chain, profile }: ChainFacts): Finding | null {
  const [signer, ...authorities] = chain;
  if (signer === undefined || profile.purpose === 'any') return null;
  const usage = profile.purpose === 'codesign' ? keyPurposes.codeSigning : keyPurposes.emailProtection;
  const wrong = (certificate: ParsedCertificate) =>
    refusal(
      'chain-purpose',
      circumstance('chain-purpose', { name: nameOf(certificate), purpose: profile.purpose }),
    );

  const lacksUsage =
    signer.extendedKeyUsage === null
      ? profile.purpose === 'codesign'
      : !signer.extendedKeyUsage.includes(usage);
  const bits = signer.keyUsage;
  const mayNotSign =
    bits !== null &&
    !bits.has('digitalSignature') &&
    !(profile.purpose === 'smimesign' && bits.has('nonRepudiation'));
  const isOfOtherType =
    profile.purpose === 'smimesign' &&
    signer.netscapeType !== null &&
    (signer.netscapeType & mailOrClient) === 0;
  if (lacksUsage || mayNotSign || isOfOtherType) return wrong(signer);
  const limited = authorities.find(
    (authority) => authority.extendedKeyUsage !== null && !authority.extendedKeyUsage.includes(usage),
  );
  return limited ? wrong(limited) : null;
}

function checkSignerName({ chain, profile }: ChainFacts): Finding | null {
  const [signer] = chain;
  if (signer === undefined || profile.allowedSignerCns.length === 0) return null;
  const [commonName] = signer.commonNames;
  return typeof commonName === 'string' &&
    signer.commonNames.length === 1 &&
    profile.allowedSignerCns.includes(commonName)
    ? null
    : refusal('chain-signer-name', circumstance('signer-name-not-allowed', { name: nameOf(signer) }));
}
