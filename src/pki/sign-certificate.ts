import { constants, createHash, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { certificatePem } from '../base/text/certificate-pem';
import { DomainError } from '../core/errors';
import {
  bits,
  embed,
  integer,
  nullValue,
  oid,
  sequence,
  tagged,
  time,
  toDer,
  type Asn1,
} from '../x509/der-writer';
import { mgf1 } from '../x509/pss-parameters';
import { publicKeyBits } from '../x509/rsa-key-size';
import { hashOids, signatureOids } from '../x509/signature-algorithm';
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
  /** Without any, the certificate is X.509 v1. */
  readonly extensions: readonly Asn1[];
}

/**
 * Builds an X.509 certificate with node-forge's ASN.1 and signs it with node:crypto, because forge signs only with RSA.
 * @throws DomainError `configuration` when the signer's kind of key cannot sign certificates here
 */
export function signCertificate(content: CertificateContent, signer: KeyPair): X509Certificate {
  const { algorithm, hash, padding = {} } = signatureAlgorithm(signer.privateKey);
  const version3 = Buffer.of(2);
  const isVersion1 = content.extensions.length === 0;
  const toBeSigned = sequence(
    ...(isVersion1 ? [] : [tagged(0, integer(version3))]),
    integer(content.serial),
    algorithm,
    embed(content.issuerDer),
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    embed(content.spkiDer),
    ...(isVersion1 ? [] : [tagged(3, sequence(...content.extensions))]),
  );
  const signature = sign(hash, toDer(toBeSigned), { key: signer.privateKey, ...padding });
  const certificate = new X509Certificate(
    certificatePem(toDer(sequence(toBeSigned, algorithm, bits(signature)))),
  );
  if (!certificate.verify(signer.publicKey)) throw new Error('a certificate just made does not verify');
  return certificate;
}

/** SHA-1 of the public key's bits (RFC 5280, section 4.2.1.2, method 1). It only names the key and protects nothing. */
export function keyIdentifier(spkiDer: Buffer): Buffer {
  return createHash('sha1').update(publicKeyBits(spkiDer)).digest();
}

interface SignatureAlgorithm {
  readonly algorithm: Asn1;
  readonly hash: string | null;
  /** Only for RSASSA-PSS. */
  readonly padding?: { readonly padding: number; readonly saltLength: number };
}

/** Includes kinds of keys that we issue nothing with, because a proof stands in for CAs that issue elsewhere. */
function signatureAlgorithm(key: KeyObject): SignatureAlgorithm {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { algorithm: sequence(oid(signatureOids.rsaWithSha256), nullValue()), hash: 'sha256' };
    case 'rsa-pss':
      return pssWithSha256;
    case 'ed25519':
      return { algorithm: sequence(oid(signatureOids.ed25519)), hash: null };
    case 'ed448':
      return { algorithm: sequence(oid(signatureOids.ed448)), hash: null };
    default: {
      const ecdsa = key.asymmetricKeyType === 'ec' ? ecdsaAlgorithms[curve] : undefined;
      if (ecdsa === undefined) {
        throw DomainError.of('ca-key-unsupported');
      }
      return { algorithm: sequence(oid(ecdsa.id)), hash: ecdsa.hash };
    }
  }
}

const sha256 = { id: signatureOids.ecdsaWithSha256, hash: 'sha256' };
const sha384 = { id: signatureOids.ecdsaWithSha384, hash: 'sha384' };
const sha512 = { id: signatureOids.ecdsaWithSha512, hash: 'sha512' };

/** RFC 5758, section 3.2, each with a hash as strong as the curve. */
const ecdsaAlgorithms: Readonly<Record<string, { readonly id: string; readonly hash: string }>> = {
  prime256v1: sha256,
  secp384r1: sha384,
  secp521r1: sha512,
  brainpoolP256r1: sha256,
  brainpoolP384r1: sha384,
  brainpoolP512r1: sha512,
};

const pssSaltSizeBytes = 32;
const sha256Id = () => sequence(oid(hashOids.sha256), nullValue());
/** RFC 4055, section 3.1. */
const pssWithSha256: SignatureAlgorithm = {
  algorithm: sequence(
    oid(signatureOids.rsassaPss),
    sequence(
      tagged(0, sha256Id()),
      tagged(1, sequence(oid(mgf1), sha256Id())),
      tagged(2, integer(Buffer.of(pssSaltSizeBytes))),
    ),
  ),
  hash: 'sha256',
  padding: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pssSaltSizeBytes },
};
