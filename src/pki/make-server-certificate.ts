import { circumstance } from '../core/circumstances/catalogue';
import type { X509Certificate } from 'node:crypto';
import type { CertificateWarning } from '../core/certificate';
import type { AlternativeName } from '../x509/general-name';
import type { Asn1 } from '../x509/der-writer';
import type { Authority } from './authority';
import { serverExtensions } from './certificate-profile';
import { exportPublicKey, type KeyPair } from './private-key';
import { findingsOf } from './prove-authority';
import { proveCertificate } from './prove-certificates';
import { keyIdentifier, signCertificate } from './sign-certificate';
import type { Validity } from './validity';

export interface ServerCertificateContent {
  readonly serial: Buffer;
  readonly subject: Asn1;
  readonly names: readonly AlternativeName[];
  readonly validity: Pick<Validity, 'notBefore' | 'notAfter'>;
  readonly keys: KeyPair;
}

/**
 * Signs a server certificate, and checks in a handshake that a client that knows `ca.crt` accepts it.
 * @throws DomainError `configuration` when no client would
 */
export async function makeServerCertificate(
  { certificate: ca, keys: caKeys, all: cas }: Authority,
  { serial, subject, names, validity, keys }: ServerCertificateContent,
): Promise<{ readonly certificate: X509Certificate; readonly warnings: readonly CertificateWarning[] }> {
  const spkiDer = exportPublicKey(keys.publicKey);
  const certificate = signCertificate(
    {
      serial,
      issuerDer: ca.subjectDer,
      subject,
      notBefore: validity.notBefore,
      notAfter: validity.notAfter,
      spkiDer,
      extensions: serverExtensions(
        { subject: keyIdentifier(spkiDer), issuer: ca.subjectKeyId ?? keyIdentifier(ca.spkiDer) },
        names,
      ),
    },
    caKeys,
  );
  const refusal = await proveCertificate({
    purpose: 'serverAuth',
    certificate,
    privateKey: keys.privateKey,
    issuer: ca,
    cas,
  });
  return { certificate, warnings: findingsOf(circumstance('this-certificate', { role: 'server' }), refusal) };
}
