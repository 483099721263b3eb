import { createHash } from 'node:crypto';
import type { SignerCertificate } from '../core/inspection';
import type { AuthorityKeyId } from '../x509/authority-key-id';
import { type Certificate, readCertificate } from '../x509/certificate';
import { describeKey } from '../x509/describe-key';
import { extensionOids, sayingOf } from '../x509/extensions';
import { commonNames, displayName } from '../x509/name';
import { type NameLimits, readNameConstraints } from '../x509/name-constraints';
import { readFlags } from '../x509/primitives';
import { signsWith } from '../x509/signature-algorithm';
import { readOfSignature } from './broken';

/** A certificate as OpenSSL sees it during path validation (RFC 5280, section 6). */
export interface ParsedCertificate extends Certificate {
  /** The subjectKeyIdentifier, in hex; `null` when there is none. */
  readonly keyId: string | null;
  /**
   * Judged by name, key identifier and kind of key, because OpenSSL does not verify the signature at the end of a
   * chain.
   */
  readonly selfSigned: boolean;
  /**
   * Whether basicConstraints says CA, or it is an old self-signed v1 certificate, which OpenSSL also accepts as a CA.
   */
  readonly isCa: boolean;
  /** Whether its key usage, if there is one, lets it issue certificates. */
  readonly maySign: boolean;
  /** Bits of the old Netscape certificate type; `null` when there is none. */
  readonly netscapeType: number | null;
  /** OIDs of critical extensions that are unknown here, and of those that OpenSSL honours even when not critical. */
  readonly notUnderstood: readonly string[];
  /** Limits on the names of certificates below it; `null` when there are none. */
  readonly nameLimits: NameLimits | null;
  /** `null` when it is not text. */
  readonly commonNames: readonly (string | null)[];
}

/** OpenSSL refuses it even when it is not critical. */
const limiting: ReadonlySet<string> = new Set([extensionOids.proxyCertInfo]);

/** Critical extensions that we process, or that don't limit what a bundle's signer may do. */
const processed: ReadonlySet<string> = new Set([
  extensionOids.keyUsage,
  extensionOids.basicConstraints,
  extensionOids.extendedKeyUsage,
  extensionOids.subjectAltName,
  extensionOids.certificatePolicies,
  extensionOids.nameConstraints,
]);

/**
 * Parses a certificate from DER, or BER as OpenSSL accepts it.
 * @throws BrokenBundle `signature-encoding` when it is malformed
 */
export function parseCertificate(bytes: Buffer): ParsedCertificate {
  return readOfSignature(() => {
    const certificate = readCertificate(bytes, 'BER');
    const { extensions, ca, version, keyUsage, subject } = certificate;
    const identity = { ...certificate, keyId: certificate.subjectKeyId?.toString('hex') ?? null };
    const selfSigned = mayHaveIssued(identity, identity);
    return {
      ...identity,
      selfSigned,
      isCa: ca ?? (version === 1 && selfSigned),
      maySign: keyUsage === null || keyUsage.has('keyCertSign'),
      netscapeType: sayingOf(extensions, extensionOids.netscapeType, readFlags),
      notUnderstood: extensions
        .filter(({ isCritical, id }) => (isCritical && !processed.has(id)) || limiting.has(id))
        .map(({ id }) => id),
      nameLimits: sayingOf(extensions, extensionOids.nameConstraints, readNameConstraints),
      commonNames: commonNames(subject),
    };
  });
}

type Issuer = Pick<ParsedCertificate, 'publicKey' | 'subjectName' | 'issuerName' | 'serial' | 'keyId'>;
type Subject = Pick<ParsedCertificate, 'signatureAlgorithm' | 'issuerName' | 'authorityKeyId'>;

/**
 * Whether OpenSSL accepts one certificate as the issuer of another (`X509_check_issued` without key usage), judging by their fields
 * alone. Whether its key made the signature is not checked.
 */
export function mayHaveIssued(issuer: Issuer, subject: Subject): boolean {
  return (
    issuer.subjectName === subject.issuerName &&
    isIdentifiedBy(issuer, subject.authorityKeyId) &&
    signsWith(subject.signatureAlgorithm.id, issuer.publicKey)
  );
}

/** Whether a certificate matches an authorityKeyIdentifier (`X509_check_akid`). */
export function isIdentifiedBy(
  issuer: Pick<Issuer, 'keyId' | 'serial' | 'issuerName'>,
  id: AuthorityKeyId,
): boolean {
  return (
    (id.keyId === null || issuer.keyId === null || id.keyId === issuer.keyId) &&
    (id.serial === null || id.serial === issuer.serial) &&
    (id.issuerName === null || id.issuerName === issuer.issuerName)
  );
}

/** Whether a certificate is valid at that time; OpenSSL treats its last second as expired. */
export function isCurrent({ notBefore, notAfter }: ParsedCertificate, at: Date): boolean {
  return notBefore <= at && at < notAfter;
}

/** Runs a check; one that throws on hostile input counts as failed. */
export function safely(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** The facts to show. */
export function describeCertificate(certificate: ParsedCertificate): SignerCertificate {
  const digest = createHash('sha256').update(certificate.spkiDer).digest('hex').toUpperCase();
  return {
    subject: displayName(certificate.subject),
    issuer: displayName(certificate.issuer),
    serial: certificate.x509.serialNumber.toLowerCase(),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    spkiFingerprint: digest.replace(/(..)(?!$)/g, '$1:'),
    keyAlgorithm: describeKey(certificate.publicKey),
  };
}
