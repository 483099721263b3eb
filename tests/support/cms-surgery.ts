import { type KeyObject, sign as signBytes } from 'node:crypto';
import { fromBER, OctetString, Set as Asn1Set } from 'asn1js';
import { type Attribute, ContentInfo, SignedAndUnsignedAttributes, SignedData, type SignerInfo } from 'pkijs';

/** The SignedData of a bundle's CMS, to be changed. */
export function parseSignedData(cms: Buffer): SignedData {
  const info = new ContentInfo({ schema: fromBER(cms).result });
  return new SignedData({ schema: info.content as unknown });
}

export function encodeSignedData(signed: SignedData): Buffer {
  const content: unknown = signed.toSchema(true);
  return Buffer.from(new ContentInfo({ contentType: '1.2.840.113549.1.7.2', content }).toSchema().toBER());
}

/** Replaces the signed attributes and signs them. */
export function signAttributes(
  info: SignerInfo,
  attributes: Attribute[],
  key: KeyObject,
  hash = 'sha256',
): void {
  info.signedAttrs = new SignedAndUnsignedAttributes({ type: 0, attributes });
  const set = new Asn1Set({ value: attributes.map((attribute) => attribute.toSchema()) });
  info.signature = new OctetString({ valueHex: signBytes(hash, Buffer.from(set.toBER()), key) });
}

export function onlySigner(signed: SignedData): SignerInfo {
  const [info] = signed.signerInfos;
  if (info === undefined) throw new Error('no signer');
  return info;
}
