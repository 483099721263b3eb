import type { X509Certificate } from 'node:crypto';
import type { OldCertificatePolicy } from '../core/certificate';
import type { DeviceIdentity } from '../core/device';
import { DomainError } from '../core/errors';
import { displayName } from '../x509/name';
import { type CertificateFields, mayIssueFor, readCertificate } from './certificate-fields';
import { readCertificates } from './certificate-pem';
import { identityOf } from './device-identity';
import { DeviceIssuers } from './device-issuers';

export type DeviceVerdict =
  | {
      readonly ok: true;
      readonly identity: DeviceIdentity;
      /** It states no purpose: X.509 v1, or no extended key usage. */
      readonly isOld: boolean;
      /** When the certificate expires. */
      readonly expiresAtMs: number;
    }
  | {
      readonly ok: false;
      readonly cause: 'unknown-ca' | 'not-a-device-certificate' | 'old-certificate';
      readonly reason: string;
    };

/** Whose devices are let in. */
export interface DeviceTerms {
  /** PEM: the CAs of `ca.crt`. */
  readonly ca: string;
  /** Fingerprints of those that an earlier server left here. */
  readonly takenOver: readonly string[];
}

/**
 * @returns a function that decides whether a peer is a device, after TLS has verified its chain and dates: who issued it, which
 * device it names, and whether it is meant for TLS clients. It reads the certificate and checks one signature: `remembered-verdicts`
 * has that done once for each certificate.
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
      const name = displayName(certificate.issuer);
      const reason = `its issuer, ${name}, is not a CA in ca.crt that may issue device certificates`;
      return { ok: false, cause: 'unknown-ca', reason };
    }
    const isOld = certificate.extendedKeyUsage === null;
    if (isOld && !takesOld(issuer)) {
      const reason = 'it is not marked for TLS clients (no extended key usage with clientAuth)';
      return { ok: false, cause: 'old-certificate', reason };
    }
    return { ok: true, identity: found.identity, isOld, expiresAtMs: certificate.notAfter.getTime() };
  }

  return (x509) => {
    try {
      return judge(readCertificate(x509));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { ok: false, cause: 'not-a-device-certificate', reason: error.message };
    }
  };
}

/** SHA-256 of the DER, lower-case hex. */
export function fingerprintOf({ x509 }: CertificateFields): string {
  return x509.fingerprint256.replaceAll(':', '').toLowerCase();
}
