import { verify } from 'node:crypto';
import type { Finding } from '../core/inspection';
import { type ParsedCertificate, safely } from './certificate';
import type { Keyring } from './keyring';
import type { VerificationProfile } from './profile';
import { keyWeakness, signatureScheme } from './signature-algorithm';

/** A chain that holds, or the first rule that the best chain breaks; either way as far as it could be built. */
export interface ChainResult {
  /** Signer first. */
  readonly chain: readonly ParsedCertificate[];
  readonly problem: Finding | null;
}

const maxChainLength = 10;
/** Cross-signed certificates can make many chains; a hostile CMS must not make us try them all. */
const maxIssuerChecks = 200;

const emailProtection = '1.3.6.1.5.5.7.3.4';
const codeSigning = '1.3.6.1.5.5.7.3.3';

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
      if (consider({ chain, problem: checkRules(chain, keyring, profile, at) })) return true;
    }
    if (last.selfSigned)
      return consider({
        chain,
        problem: isAnchor ? checkRules(chain, keyring, profile, at) : notAnchored(last),
      });
    const issuers = [...keyring.certificates, ...untrusted].filter(
      (candidate) => candidate.subjectDer.equals(last.issuerDer) && !contains(chain, candidate),
    );
    for (const issuer of chain.length < maxChainLength ? issuers : []) {
      if (++checks > maxIssuerChecks) break;
      if (
        safely(() => last.x509.checkIssued(issuer.x509) && last.x509.verify(issuer.x509.publicKey)) &&
        extend([...chain, issuer])
      )
        return true;
    }
    return consider({ chain, problem: incomplete(last) });
  };

  extend([signer]);
  return best ?? { chain: [signer], problem: incomplete(signer) };
}

function contains(list: readonly ParsedCertificate[], certificate: ParsedCertificate): boolean {
  return list.some((member) => member.x509.raw.equals(certificate.x509.raw));
}

function finding(code: string, message: string): Finding {
  return { code, message };
}

function incomplete(last: ParsedCertificate): Finding {
  return finding(
    'chain-incomplete',
    `the issuer of ${name(last)} is neither in the bundle nor in the keyring`,
  );
}

function notAnchored(last: ParsedCertificate): Finding {
  return finding('chain-not-anchored', `the chain ends in ${name(last)}, which is not in the keyring`);
}

function name(certificate: ParsedCertificate): string {
  return `"${certificate.commonNames[0] ?? certificate.x509.serialNumber}"`;
}

type Rule = (
  chain: readonly ParsedCertificate[],
  keyring: Keyring,
  profile: VerificationProfile,
  at: Date,
) => Finding | null;

const rules: readonly Rule[] = [
  checkKeys,
  checkExtensions,
  checkAuthorities,
  checkValidity,
  checkPurpose,
  checkRevocation,
  checkSignerName,
];

function checkRules(...facts: Parameters<Rule>): Finding | null {
  for (const rule of rules) {
    const problem = rule(...facts);
    if (problem !== null) return problem;
  }
  return null;
}

function checkKeys(chain: readonly ParsedCertificate[]): Finding | null {
  for (const [index, certificate] of chain.entries()) {
    const weakness = keyWeakness(certificate.x509.publicKey);
    if (weakness !== undefined) return finding('chain-weak', `${name(certificate)}: ${weakness}`);
    const issuer = chain[index + 1];
    if (issuer === undefined) continue;
    const scheme = signatureScheme(certificate.structure.signatureAlgorithm, issuer.x509.publicKey);
    if (typeof scheme === 'string') return finding('chain-weak', `${name(certificate)}: ${scheme}`);
  }
  return null;
}

function checkExtensions(chain: readonly ParsedCertificate[]): Finding | null {
  const strange = chain.find((certificate) => certificate.unknownCritical.length > 0);
  return strange
    ? finding(
        'chain-critical-extension',
        `${name(strange)} has a critical extension ${strange.unknownCritical.join(', ')} that is not understood`,
      )
    : null;
}

function checkAuthorities(chain: readonly ParsedCertificate[]): Finding | null {
  let below = 0; // CA certificates below that are not self-issued: what pathLenConstraint counts
  for (const authority of chain.slice(1)) {
    if (!authority.isCa || (authority.keyUsage !== null && !authority.keyUsage.has('keyCertSign'))) {
      return finding('chain-not-a-ca', `${name(authority)} may not issue certificates`);
    }
    if (authority.pathLength !== null && below > authority.pathLength) {
      return finding(
        'chain-path-length',
        `${name(authority)} allows ${authority.pathLength} CAs below it, there are ${below}`,
      );
    }
    if (!authority.subjectDer.equals(authority.issuerDer)) below++;
  }
  return null;
}

function checkValidity(
  chain: readonly ParsedCertificate[],
  _keyring: Keyring,
  _profile: VerificationProfile,
  at: Date,
): Finding | null {
  for (const certificate of chain) {
    if (certificate.notAfter < at)
      return finding(
        'chain-expired',
        `${name(certificate)} expired at ${certificate.notAfter.toISOString()}`,
      );
    if (certificate.notBefore > at)
      return finding(
        'chain-not-yet-valid',
        `${name(certificate)} is valid from ${certificate.notBefore.toISOString()}`,
      );
  }
  return null;
}

function checkPurpose(
  chain: readonly ParsedCertificate[],
  _keyring: Keyring,
  profile: VerificationProfile,
): Finding | null {
  const [signer, ...authorities] = chain;
  if (signer === undefined || profile.purpose === 'any') return null;
  const usage = profile.purpose === 'codesign' ? codeSigning : emailProtection;
  const wrong = (certificate: ParsedCertificate) =>
    finding(
      'chain-purpose',
      `${name(certificate)} may not be used for signing with check-purpose=${profile.purpose}`,
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
  if (lacksUsage || mayNotSign) return wrong(signer);
  const limited = authorities.find(
    (authority) => authority.extendedKeyUsage !== null && !authority.extendedKeyUsage.includes(usage),
  );
  return limited ? wrong(limited) : null;
}

function checkRevocation(
  chain: readonly ParsedCertificate[],
  keyring: Keyring,
  profile: VerificationProfile,
  at: Date,
): Finding | null {
  if (!profile.checkCrl) return null;
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1] ?? (certificate.selfSigned ? certificate : undefined);
    if (issuer === undefined) continue; // a partial chain ends here
    const list = keyring.revocationLists.find((candidate) => {
      if (!Buffer.from(candidate.issuer.toSchema().toBER()).equals(issuer.subjectDer)) return false;
      if (
        candidate.thisUpdate.value > at ||
        (candidate.nextUpdate !== undefined && candidate.nextUpdate.value < at)
      )
        return false;
      const scheme = signatureScheme(candidate.signatureAlgorithm, issuer.x509.publicKey);
      if (typeof scheme === 'string') return false;
      return safely(() =>
        verify(
          scheme.hash,
          candidate.tbsView,
          scheme.key,
          Buffer.from(candidate.signatureValue.valueBlock.valueHexView),
        ),
      );
    });
    if (list === undefined)
      return finding('chain-no-crl', `the keyring has no current revocation list of ${name(issuer)}`);
    const serial = certificate.x509.serialNumber.toLowerCase();
    const revoked = (list.revokedCertificates ?? []).some(
      (entry) =>
        Buffer.from(entry.userCertificate.valueBlock.valueHexView).toString('hex').replace(/^0+/, '') ===
        serial.replace(/^0+/, ''),
    );
    if (revoked) return finding('chain-revoked', `${name(certificate)} was revoked by its issuer`);
  }
  return null;
}

function checkSignerName(
  chain: readonly ParsedCertificate[],
  _keyring: Keyring,
  profile: VerificationProfile,
): Finding | null {
  const [signer] = chain;
  if (signer === undefined || profile.allowedSignerCns.length === 0) return null;
  const [commonName] = signer.commonNames;
  return commonName !== undefined &&
    signer.commonNames.length === 1 &&
    profile.allowedSignerCns.includes(commonName)
    ? null
    : finding('chain-signer-name', `the signer ${name(signer)} is not one of the allowed ones`);
}
