import type { X509Certificate } from 'node:crypto';
import { cutText } from '../base/text/cut-text';
import type { OldCertificatePolicy } from '../core/certificate';
import { circumstance } from '../core/circumstances/catalogue';
import type { DeviceIdentity } from '../core/device';
import { DomainError } from '../core/errors';
import type { Circumstance } from '../core/reasons/why';
import { displayName } from '../x509/name';
import { type CertificateFields, mayIssueFor, readCertificate } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { identityOf, whyUnreadable } from './device-identity';
import { DeviceIssuers } from './device-issuers';

/** The longest name that is shown: a stranger's certificate can contain anything. */
const nameMaxLength = 200;

export type DeviceVerdict =
  | {
      readonly ok: true;
      readonly identity: DeviceIdentity;
      /** Whether it states no purpose: X.509 v1, or no extended key usage. */
      readonly isOld: boolean;
      /** When the certificate expires. */
      readonly expiresAtMs: number;
    }
  | {
      readonly ok: false;
      readonly cause: 'unknown-ca' | 'not-a-device-certificate' | 'old-certificate';
      readonly reason: Circumstance;
    };

/** Which devices are let in. */
export interface DeviceTerms {
  /** PEM: the CAs of `ca.crt`. */
  readonly ca: string;
  /** Fingerprints of those CAs that an earlier server left here. */
  readonly takenOver: readonly string[];
}

/**
 * @returns a function that decides whether a peer is a device, after TLS has verified its chain and dates: who issued it, which
 * device it names, and whether it is meant for TLS clients. It reads the certificate and checks one signature: with
 * `remembered-verdicts`, that happens once for each certificate.
 */
export function createJudgeDevice(
  { ca, takenOver }: DeviceTerms,
  oldCertificates: OldCertificatePolicy,
): (x509: X509Certificate) => DeviceVerdict {
  const listed = readCertificates(ca, 'ca.crt', 'configuration').filter((one) =>
    mayIssueFor(one, 'clientAuth'),
  );
  const issuers = new DeviceIssuers(listed);
  const old = new Set(takenOver);
  const takesOld = (issuer: CertificateFields) =>
    oldCertificates === 'accept' || (oldCertificates === 'taken-over' && old.has(fingerprintOf(issuer)));

  function judge(certificate: CertificateFields): DeviceVerdict {
    const found = identityOf(certificate);
    if (!found.ok) return { ok: false, cause: 'not-a-device-certificate', reason: found.reason };
    const issuer = issuers.find(certificate);
    if (issuer === undefined) {
      const issuedBy = cutText(displayName(certificate.issuer), nameMaxLength);
      const reason = circumstance('certificate-issuer-unknown', { issuer: issuedBy });
      return { ok: false, cause: 'unknown-ca', reason };
    }
    const isOld = certificate.extendedKeyUsage === null;
    if (isOld && !takesOld(issuer)) {
      return { ok: false, cause: 'old-certificate', reason: circumstance('certificate-unmarked') };
    }
    return { ok: true, identity: found.identity, isOld, expiresAtMs: certificate.notAfter.getTime() };
  }

  return (x509) => {
    try {
      return judge(readCertificate(x509));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { ok: false, cause: 'not-a-device-certificate', reason: whyUnreadable(error) };
    }
  };
}

/** SHA-256 of the DER, lower-case hex. */
export function fingerprintOf({ x509 }: CertificateFields): string {
  return x509.fingerprint256.replaceAll(':', '').toLowerCase();
}
