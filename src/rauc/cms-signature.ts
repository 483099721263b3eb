import { circumstance } from '../core/circumstances/catalogue';
import { type Circumstance, isCircumstance } from '../core/reasons/why';
import { createHash, createVerify, verify } from 'node:crypto';
import { ObjectIdentifier, OctetString, UTCTime } from 'asn1js';
import { type Attribute, IssuerAndSerialNumber, type SignedData, type SignerInfo } from 'pkijs';
import { readAlgorithm } from '../x509/algorithm';
import { canonicalName } from '../x509/canonical-name';
import { type HashName, hashOf } from '../x509/signature-algorithm';
import { parseTime } from '../x509/time';
import { BrokenBundle, readOfSignature } from './broken';
import { type ParsedCertificate, safely } from './certificate';
import { type BundleCms, elementOf } from './cms';
import { derOfSignedAttributes } from './cms-grammar';
import { strongScheme } from './strong-scheme';

/** Feeds the signed content, piece by piece, to a sink. */
export type ContentReader = (sink: (piece: Buffer) => void) => Promise<void>;

export interface VerifiedSignature {
  readonly signer: ParsedCertificate;
  /** What the signer claims; `null` when absent, or in a form that does not count. */
  readonly signingTime: Date | null;
}

const contentTypeId = '1.2.840.113549.1.9.3';
const messageDigestId = '1.2.840.113549.1.9.4';
const signingTimeId = '1.2.840.113549.1.9.5';
const countersignatureId = '1.2.840.113549.1.9.6';

/**
 * Verifies the one signature of a SignedData over its content (RFC 5652, section 5.4). Whether the signer is
 * trusted is not decided here.
 * @throws BrokenBundle when it does not verify
 */
export async function verifySignature(
  cms: BundleCms & { kind: 'signed' },
  readContent: ContentReader,
): Promise<VerifiedSignature> {
  const info = onlySigner(cms.signedData);
  const signer = findSigner(info, cms.certificates);
  const digestAlgorithm = hashOf(info.digestAlgorithm.algorithmId);
  if (digestAlgorithm === undefined) {
    throw broken(circumstance('digest-not-accepted', { id: info.digestAlgorithm.algorithmId }));
  }
  const algorithm = readOfSignature(() => readAlgorithm(elementOf(info.signatureAlgorithm)));
  const scheme = strongScheme(algorithm, signer.publicKey, digestAlgorithm);
  if (isCircumstance(scheme)) throw broken(scheme);
  const { hash } = scheme;
  checkDigestAlgorithm(cms.signedData, info);
  // Ed25519 is fine for a CA, but OpenSSL 3.0, which many devices have, cannot verify a CMS that is signed with it.
  if (hash === null) throw broken(circumstance('signer-key-not-verifiable'));
  if (hash !== digestAlgorithm) throw broken(circumstance('signature-of-two-hashes'));
  const signature = Buffer.from(info.signature.getValue());

  checkPlaces(info);
  const attributes = info.signedAttrs;
  if (attributes === undefined) {
    const verifier = createVerify(hash);
    await readContent((piece) => verifier.update(piece));
    if (!safely(() => verifier.verify(scheme.key, signature))) throw mismatch();
    return { signer, signingTime: null };
  }

  const digest = await digestOf(readContent, digestAlgorithm);
  checkAttributes(info, cms.signedData, digest);
  const signedAt = signingTime(info);
  const signed = readOfSignature(() => derOfSignedAttributes(Buffer.from(attributes.encodedValue)));
  if (!safely(() => verify(hash, signed, scheme.key, signature))) throw mismatch();
  return { signer, signingTime: signedAt };
}

/** Who signed and when, without verifying: for a bundle that was verified when it was stored. */
export function readSigner(cms: BundleCms & { kind: 'signed' }): VerifiedSignature {
  const info = onlySigner(cms.signedData);
  return { signer: findSigner(info, cms.certificates), signingTime: signingTime(info) };
}

/** Digests that OpenSSL has: SHA-1, SHA-2, and SHA-3 from 224 to 512 bits. */
const digestsOfOpenSsl = /^(1\.3\.14\.3\.2\.26|2\.16\.840\.1\.101\.3\.4\.2\.([1-9]|10))$/;

/**
 * OpenSSL hashes the content only with the algorithms in this list. It gives up at an unknown one, and without the
 * signer's, devices find no digest.
 */
function checkDigestAlgorithm({ digestAlgorithms }: SignedData, { digestAlgorithm }: SignerInfo): void {
  const unknown = digestAlgorithms.find(({ algorithmId }) => !digestsOfOpenSsl.test(algorithmId));
  if (unknown !== undefined) throw broken(circumstance('digest-listed-unknown', { id: unknown.algorithmId }));
  if (!digestAlgorithms.some(({ algorithmId }) => algorithmId === digestAlgorithm.algorithmId))
    throw broken(circumstance('digest-not-listed'));
}

function onlySigner(signedData: SignedData): SignerInfo {
  const [info, ...others] = signedData.signerInfos;
  if (info === undefined || others.length > 0) {
    throw broken(circumstance('signers-not-one', { count: signedData.signerInfos.length }));
  }
  return info;
}

function findSigner(info: SignerInfo, certificates: readonly ParsedCertificate[]): ParsedCertificate {
  const isMeant = identifiedBy(info.sid);
  const signer = certificates.find(isMeant);
  if (signer === undefined) throw broken(circumstance('signer-certificate-missing'));
  return signer;
}

/** Parses a signer id once: it may be compared with many certificates, and its name may be long. */
function identifiedBy(id: unknown): (certificate: ParsedCertificate) => boolean {
  if (id instanceof IssuerAndSerialNumber) {
    const name = readOfSignature(() => canonicalName(elementOf(id.issuer)));
    const number = Buffer.from(id.serialNumber.valueBlock.valueHexView).toString('hex');
    return ({ issuerName, serial }) => issuerName === name && serial === number;
  }
  const key = octetsOf(id)?.toString('hex');
  return ({ keyId }) => keyId !== null && keyId === key;
}

/** The subjectKeyIdentifier form of a signer id: `[0]` implicit, which the parser leaves untyped. */
function octetsOf(id: unknown): Buffer | undefined {
  if (typeof id !== 'object' || id === null || !('valueBlock' in id)) return undefined;
  const block = id.valueBlock;
  if (typeof block !== 'object' || block === null || !('valueHexView' in block)) return undefined;
  return block.valueHexView instanceof Uint8Array ? Buffer.from(block.valueHexView) : undefined;
}

async function digestOf(readContent: ContentReader, algorithm: HashName): Promise<Buffer> {
  const hash = createHash(algorithm);
  await readContent((piece) => hash.update(piece));
  return hash.digest();
}

function checkAttributes(info: SignerInfo, signedData: SignedData, digest: Buffer): void {
  const type = attributeValue(info, contentTypeId);
  if (
    !(type instanceof ObjectIdentifier) ||
    type.valueBlock.toString() !== signedData.encapContentInfo.eContentType
  ) {
    throw broken(circumstance('content-type-wrong'));
  }
  const stated = attributeValue(info, messageDigestId);
  if (!(stated instanceof OctetString)) throw broken(circumstance('message-digest-missing'));
  if (!Buffer.from(stated.getValue()).equals(digest)) {
    throw new BrokenBundle('content-damaged', circumstance('content-damaged'));
  }
}

/** The one value of an attribute that must not be repeated or empty; `undefined` when there is none. */
function attributeValue(info: SignerInfo, type: string): unknown {
  const found = attributesOf(info.signedAttrs, type);
  const values: unknown[] = found.flatMap((attribute): unknown[] => attribute.values);
  if (found.length > 1 || values.length > 1) throw broken(circumstance('attribute-repeated', { id: type }));
  if (found.length === 1 && values[0] === undefined)
    throw broken(circumstance('attribute-empty', { id: type }));
  return values[0];
}

function attributesOf(attributes: SignerInfo['signedAttrs'], type: string): Attribute[] {
  return (attributes?.attributes ?? []).filter((attribute) => attribute.type === type);
}

/** Which attributes must be signed and which must not (RFC 5652, section 11), as OpenSSL requires. */
function checkPlaces({ signedAttrs, unsignedAttrs }: SignerInfo): void {
  if (attributesOf(signedAttrs, countersignatureId).length > 0)
    throw broken(circumstance('countersignature-signed'));
  for (const type of [contentTypeId, messageDigestId, signingTimeId]) {
    if (attributesOf(unsignedAttrs, type).length > 0)
      throw broken(circumstance('attribute-not-signed', { id: type }));
  }
}

/**
 * The time that the signer claims, in DER (X.690, sections 11.7 and 11.8). RAUC reads it only with
 * `use-bundle-signing-time`, but not every OpenSSL verifies a signature with an unusual one.
 */
function signingTime(info: SignerInfo): Date | null {
  const value = attributeValue(info, signingTimeId);
  if (value === undefined) return null;
  // To the parser, a GeneralizedTime is a UTCTime, too.
  const time =
    value instanceof UTCTime
      ? parseTime(value.idBlock.tagNumber, Buffer.from(value.valueBlock.valueHexView))
      : undefined;
  if (time === undefined) throw broken(circumstance('signing-time-unreadable'));
  return time;
}

function mismatch(): BrokenBundle {
  return new BrokenBundle('signature-mismatch', circumstance('signature-mismatch'));
}

function broken(why: Circumstance): BrokenBundle {
  return new BrokenBundle('signature-invalid', circumstance('signature-not-accepted', { why }));
}
