import { circumstance } from '../core/circumstances/catalogue';
import { type AsnType, Constructed, OctetString, Sequence } from 'asn1js';
import { ContentInfo, EnvelopedData, IssuerAndSerialNumber, SignedData } from 'pkijs';
import type { Recipient } from '../core/inspection';
import { type Element, readElement } from '../x509/element';
import { displayName, readName } from '../x509/name';
import { type RevocationList, readRevocationList } from '../x509/revocation-list';
import { BrokenBundle, malformed, readOfSignature } from './broken';
import { parseCertificate, type ParsedCertificate } from './certificate';
import { checkSignedDataGrammar } from './cms-grammar';
import { maxCmsMembers } from './limits';
import { parseBer } from './parse-ber';

const signedDataId = '1.2.840.113549.1.7.2';
const envelopedDataId = '1.2.840.113549.1.7.3';
const dataId = '1.2.840.113549.1.7.1';

/** A bundle's CMS: signed, or encrypted so that only its recipients are known. */
export type BundleCms =
  | {
      readonly kind: 'signed';
      readonly signedData: SignedData;
      readonly certificates: readonly ParsedCertificate[];
      readonly revocationLists: readonly RevocationList[];
      /** The manifest; `null` when the signature is detached (plain bundle). */
      readonly content: Buffer | null;
    }
  | { readonly kind: 'enveloped'; readonly recipients: readonly Recipient[] };

/**
 * Parses the CMS of a bundle (RFC 5652), DER or BER.
 * @throws BrokenBundle for anything but exactly one SignedData or EnvelopedData, as in RAUC's bundles
 */
export function parseCms(bytes: Buffer): BundleCms {
  const info = readOfSignature(() => new ContentInfo({ schema: parseBer(bytes) }));
  const content: unknown = info.content;
  if (info.contentType === envelopedDataId)
    return { kind: 'enveloped', recipients: readOfSignature(() => readRecipients(content)) };
  if (info.contentType !== signedDataId) {
    throw new BrokenBundle(
      'signature-type',
      circumstance('signature-of-other-type', { id: info.contentType }),
    );
  }
  readOfSignature(() => checkSignedDataGrammar(bytes));
  const signedData = readOfSignature(() => new SignedData({ schema: content }));
  if (signedData.encapContentInfo.eContentType !== dataId) {
    throw new BrokenBundle(
      'signature-type',
      circumstance('signed-content-of-other-type', { id: signedData.encapContentInfo.eContentType }),
    );
  }
  return {
    kind: 'signed',
    signedData,
    certificates: readOfSignature(() => membersOf(content, 0).map((der) => parseCertificate(der))),
    revocationLists: readOfSignature(() =>
      membersOf(content, 1).map((der) => readRevocationList(der, 'BER')),
    ),
    content: readContent(signedData),
  };
}

/**
 * The certificates (0) or revocation lists (1) of a SignedData exactly as encoded: their signatures cover these
 * bytes, which re-encoding might change.
 */
function membersOf(signedData: unknown, tagNumber: 0 | 1): Buffer[] {
  const fields = signedData instanceof Sequence ? signedData.valueBlock.value : [];
  const set = fields.find(({ idBlock }) => idBlock.tagClass === 3 && idBlock.tagNumber === tagNumber);
  const entries = set instanceof Constructed ? set.valueBlock.value : [];
  if (entries.length > maxCmsMembers)
    throw malformed(
      circumstance(tagNumber === 0 ? 'certificates-too-many' : 'revocation-lists-too-many', {
        count: entries.length,
      }),
    );
  return entries
    .filter((entry) => entry instanceof Sequence)
    .map((entry) => Buffer.from(entry.valueBeforeDecodeView));
}

/** The octets of eContent; a constructed OCTET STRING (BER) is joined. */
function readContent(signedData: SignedData): Buffer | null {
  const octets = signedData.encapContentInfo.eContent;
  return octets === undefined ? null : readOfSignature(() => joinOctets(octets));
}

/** Converts an element of the CMS parser for our own reader. */
export function elementOf(parsed: { toSchema(): { toBER(): ArrayBuffer } }): Element {
  return readElement(Buffer.from(parsed.toSchema().toBER()), 'BER');
}

function joinOctets(octets: AsnType): Buffer {
  if (!(octets instanceof OctetString)) throw malformed(circumstance('content-not-octets'));
  if (!octets.idBlock.isConstructed) return Buffer.from(octets.valueBlock.valueHexView);
  return Buffer.concat(octets.valueBlock.value.map((part) => joinOctets(part)));
}

function readRecipients(content: unknown): Recipient[] {
  const enveloped = new EnvelopedData({ schema: content });
  if (enveloped.recipientInfos.length === 0) throw malformed(circumstance('no-recipient'));
  return enveloped.recipientInfos.flatMap((info): Recipient[] => {
    const value: unknown = info.value;
    if (typeof value !== 'object' || value === null) return [];
    if ('rid' in value && 'keyEncryptionAlgorithm' in value) return [recipient(value.rid, 'RSA')];
    if ('recipientEncryptedKeys' in value) {
      const keys = value.recipientEncryptedKeys as { encryptedKeys: { rid: { value: unknown } }[] };
      return keys.encryptedKeys.map((key) => recipient(key.rid.value, 'ECDH'));
    }
    return [];
  });
}

function recipient(id: unknown, algorithm: string): Recipient {
  if (!(id instanceof IssuerAndSerialNumber)) return { issuer: '', serial: '', algorithm };
  return {
    issuer: displayName(readName(elementOf(id.issuer))),
    serial: Buffer.from(id.serialNumber.valueBlock.valueHexView).toString('hex'),
    algorithm,
  };
}
