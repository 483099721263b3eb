import { createHash, createVerify, verify } from 'node:crypto';
import { GeneralizedTime, ObjectIdentifier, OctetString, Set as Asn1Set, UTCTime } from 'asn1js';
import { IssuerAndSerialNumber, type SignedData, type SignerInfo } from 'pkijs';
import { BrokenBundle } from './broken';
import type { BundleCms } from './cms';
import { type ParsedCertificate, safely } from './certificate';
import { type HashName, hashOf, signatureScheme } from './signature-algorithm';

/** Feeds the signed content, piece by piece, to a sink. */
export type ContentReader = (sink: (piece: Buffer) => void) => Promise<void>;

export interface VerifiedSignature {
  readonly signer: ParsedCertificate;
  /** What the signer claims; `null` when it does not, or not in a way that counts. */
  readonly signingTime: Date | null;
}

const contentTypeId = '1.2.840.113549.1.9.3';
const messageDigestId = '1.2.840.113549.1.9.4';
const signingTimeId = '1.2.840.113549.1.9.5';
const subjectKeyIdentifierId = '2.5.29.14';

/**
 * Verifies the one signature of a SignedData over its content (RFC 5652, section 5.4). Who the signer is to be
 * trusted by is not decided here.
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
    throw broken(`its digest algorithm ${info.digestAlgorithm.algorithmId} is too weak or unknown`);
  }
  const scheme = signatureScheme(info.signatureAlgorithm, signer.publicKey, digestAlgorithm);
  if (typeof scheme === 'string') throw broken(scheme);
  const { hash } = scheme;
  checkDigestAlgorithm(cms.signedData, info);
  // Ed25519 is fine for a CA, but the OpenSSL 3.0 of many devices can't verify a CMS that is signed with it.
  if (hash === null) throw broken('devices can not verify a signer with such a key');
  if (hash !== digestAlgorithm) throw broken('its digest and its signature use two different hashes');
  const signature = Buffer.from(info.signature.getValue());

  const attributes = info.signedAttrs;
  if (attributes === undefined) {
    const verifier = createVerify(hash);
    await readContent((piece) => verifier.update(piece));
    if (!safely(() => verifier.verify(scheme.key, signature))) throw mismatch();
    return { signer, signingTime: null };
  }

  const digest = await digestOf(readContent, digestAlgorithm);
  checkAttributes(info, cms.signedData, digest);
  if (!safely(() => verify(hash, signedBytes(attributes), scheme.key, signature))) throw mismatch();
  return { signer, signingTime: signingTime(info) };
}

/** Who signed and when, without looking whether it verifies: of a bundle that was verified when it was stored. */
export function readSigner(cms: BundleCms & { kind: 'signed' }): VerifiedSignature {
  const info = onlySigner(cms.signedData);
  return { signer: findSigner(info, cms.certificates), signingTime: signingTime(info) };
}

/** OpenSSL hashes the content with the algorithms of this list alone: with another one devices find no digest. */
function checkDigestAlgorithm({ digestAlgorithms }: SignedData, { digestAlgorithm }: SignerInfo): void {
  if (!digestAlgorithms.some(({ algorithmId }) => algorithmId === digestAlgorithm.algorithmId))
    throw broken('its list of digest algorithms lacks the one that its signer used');
}

function onlySigner(signedData: SignedData): SignerInfo {
  const [info, ...others] = signedData.signerInfos;
  if (info === undefined || others.length > 0) {
    throw broken(`it has ${signedData.signerInfos.length} signers; RAUC wants exactly one`);
  }
  return info;
}

function findSigner(info: SignerInfo, certificates: readonly ParsedCertificate[]): ParsedCertificate {
  const id: unknown = info.sid;
  const signer = certificates.find(({ structure }) => {
    if (id instanceof IssuerAndSerialNumber) {
      return (
        id.issuer.isEqual(structure.issuer) &&
        Buffer.from(id.serialNumber.valueBlock.valueHexView).equals(
          Buffer.from(structure.serialNumber.valueBlock.valueHexView),
        )
      );
    }
    const own: unknown = structure.extensions?.find(
      (extension) => extension.extnID === subjectKeyIdentifierId,
    )?.parsedValue;
    return own instanceof OctetString && octetsOf(id)?.equals(Buffer.from(own.getValue())) === true;
  });
  if (signer === undefined) throw broken("it does not contain its signer's certificate");
  return signer;
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
    throw broken('its content type attribute is missing or wrong');
  }
  const stated = attributeValue(info, messageDigestId);
  if (!(stated instanceof OctetString)) throw broken('it has no message digest');
  if (!Buffer.from(stated.getValue()).equals(digest)) {
    throw new BrokenBundle(
      'content-damaged',
      'the signed content was changed after it was signed, or damaged',
    );
  }
}

/** The one value of an attribute that must not be repeated; `undefined` when there is none. */
function attributeValue(info: SignerInfo, type: string): unknown {
  const found = (info.signedAttrs?.attributes ?? []).filter((attribute) => attribute.type === type);
  const values: unknown[] = found.flatMap((attribute): unknown[] => attribute.values);
  if (found.length > 1 || values.length > 1) throw broken(`it repeats the signed attribute ${type}`);
  return values[0];
}

/** Only `use-bundle-signing-time` needs it, so a strange one is no reason to refuse the signature. */
function signingTime(info: SignerInfo): Date | null {
  const values = (info.signedAttrs?.attributes ?? [])
    .filter((attribute) => attribute.type === signingTimeId)
    .flatMap((a): unknown[] => a.values);
  const [value] = values;
  if (values.length !== 1 || !(value instanceof UTCTime || value instanceof GeneralizedTime)) return null;
  const time = value.toDate();
  return Number.isNaN(time.getTime()) ? null : time;
}

/** The signed attributes as they were hashed: in DER, with the tag of a SET OF in place of `[0]`. */
function signedBytes(attributes: NonNullable<SignerInfo['signedAttrs']>): Buffer {
  const encoded = Buffer.from(attributes.encodedValue);
  const isDefinite = encoded.length > 2 && encoded[1] !== 0x80;
  if (isDefinite) {
    encoded[0] = 0x31;
    return encoded;
  }
  const members = attributes.attributes.map((attribute) => attribute.toSchema());
  return Buffer.from(new Asn1Set({ value: members }).toBER());
}

function mismatch(): BrokenBundle {
  return new BrokenBundle(
    'signature-mismatch',
    "the signature does not match the content and the signer's key",
  );
}

function broken(what: string): BrokenBundle {
  return new BrokenBundle('signature-invalid', `the signature is not acceptable: ${what}`);
}
