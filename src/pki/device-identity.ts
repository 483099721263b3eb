import type { X509Certificate } from 'node:crypto';
import { parseCompatible } from '../core/bundle';
import { circumstance } from '../core/circumstances/catalogue';
import { isDeviceId, type DeviceIdentity } from '../core/device';
import { DomainError } from '../core/errors';
import { type Circumstance, isCircumstance } from '../core/reasons/why';
import { keyPurposes } from '../x509/extensions';
import { commonNames } from '../x509/name';
import { readCertificate, type CertificateFields } from './certificate-fields';
import { boundCompatibles } from './device-names';

export type IdentityResult =
  | { readonly ok: true; readonly identity: DeviceIdentity }
  | { readonly ok: false; readonly reason: Circumstance };

/**
 * Who a client certificate is for. TLS has verified its chain and dates; this decides whether it names one device.
 * X.509 v1 certificates, which have no extensions, name one too: `judge-device` decides where they are accepted.
 */
export function deviceIdentity(x509: X509Certificate): IdentityResult {
  try {
    return identityOf(readCertificate(x509));
  } catch (error) {
    if (error instanceof DomainError) return refused(whyUnreadable(error));
    throw error;
  }
}

/** As {@link deviceIdentity}, for a parsed certificate. @throws DomainError `invalid-input` for an unreadable binding */
export function identityOf(certificate: CertificateFields): IdentityResult {
  if (
    certificate.ca === true ||
    certificate.keyUsage?.has('keyCertSign') === true ||
    certificate.selfIssued
  ) {
    return refused(circumstance('certificate-is-ca'));
  }
  if (certificate.extendedKeyUsage?.includes(keyPurposes.clientAuth) === false) {
    return refused(circumstance('certificate-not-for-clients'));
  }
  const names = commonNames(certificate.subject);
  const [id] = names;
  if (names.length !== 1)
    return refused(circumstance('certificate-names-miscounted', { count: names.length }));
  if (typeof id !== 'string' || !isDeviceId(id)) return refused(circumstance('certificate-name-no-id'));
  const compatibles = boundCompatibles(certificate.alternativeNames).map(parseCompatible);
  return { ok: true, identity: { id, certificateSerial: certificate.serial, compatibles } };
}

/** Why a certificate that contains one of our names cannot be read. */
export function whyUnreadable({ reason }: DomainError): Circumstance {
  const why = reason?.code === 'certificate-malformed' ? reason.parameters['why'] : undefined;
  return isCircumstance(why)
    ? circumstance('malformed', { why })
    : circumstance('certificate-binding-invalid');
}

function refused(reason: Circumstance): IdentityResult {
  return { ok: false, reason };
}
