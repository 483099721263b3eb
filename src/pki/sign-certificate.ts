import { createHash, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { DomainError } from '../core/errors';
import { publicKeyBits } from './certificate-fields';
import { bits, embed, integer, nullValue, oid, sequence, tagged, time, toDer, type Asn1 } from './der-writer';
import type { KeyPair } from './private-key';

/** What makes a certificate, apart from its signature (RFC 5280, section 4.1). */
export interface CertificateContent {
  /** Random and unpredictable: 16 bytes. */
  readonly serial: Buffer;
  readonly issuerDer: Buffer;
  readonly subject: Asn1;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly spkiDer: Buffer;
  readonly extensions: readonly Asn1[];
}

/**
 * Builds an X.509 v3 certificate with node-forge's ASN.1 and signs it with node:crypto, because forge signs with RSA alone.
 * @throws DomainError `configuration` when the signer's key is of a kind that can't sign certificates here
 */
export function signCertificate(content: CertificateContent, signer: KeyPair): X509Certificate {
  const { algorithm, hash } = signatureAlgorithm(signer.privateKey);
  const version3 = Buffer.of(2);
  const toBeSigned = sequence(
    tagged(0, integer(version3)),
    integer(content.serial),
    algorithm,
    embed(content.issuerDer),
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    embed(content.spkiDer),
    tagged(3, sequence(...content.extensions)),
  );
  const signature = sign(hash, toDer(toBeSigned), signer.privateKey);
  const certificate = new X509Certificate(toDer(sequence(toBeSigned, algorithm, bits(signature))));
  if (!certificate.verify(signer.publicKey)) throw new Error('a certificate just made does not verify');
  return certificate;
}

/** SHA-1 of the public key's bits (RFC 5280, section 4.2.1.2, method 1): a name, not a protection. */
export function keyIdentifier(spkiDer: Buffer): Buffer {
  return createHash('sha1').update(publicKeyBits(spkiDer)).digest();
}

function signatureAlgorithm(key: KeyObject): { algorithm: Asn1; hash: string | null } {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  if (key.asymmetricKeyType === 'rsa') {
    return { algorithm: sequence(oid('1.2.840.113549.1.1.11'), nullValue()), hash: 'sha256' };
  }
  if (key.asymmetricKeyType === 'ed25519') return { algorithm: sequence(oid('1.3.101.112')), hash: null };
  const ecdsa = key.asymmetricKeyType === 'ec' ? ecdsaAlgorithms[curve] : undefined;
  if (ecdsa === undefined) {
    throw new DomainError('configuration', 'the CA has a key of a kind that is not supported', {
      remedy: 'Use a CA with an RSA, Ed25519, or EC key on P-256, P-384 or P-521.',
    });
  }
  return { algorithm: sequence(oid(ecdsa.id)), hash: ecdsa.hash };
}

/** RFC 5758, section 3.2: the hash as strong as the curve. */
const ecdsaAlgorithms: Readonly<Record<string, { readonly id: string; readonly hash: string }>> = {
  prime256v1: { id: '1.2.840.10045.4.3.2', hash: 'sha256' },
  secp384r1: { id: '1.2.840.10045.4.3.3', hash: 'sha384' },
  secp521r1: { id: '1.2.840.10045.4.3.4', hash: 'sha512' },
};
