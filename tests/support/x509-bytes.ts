import { generateKeyPairSync } from 'node:crypto';
import { tlv } from './ber';

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

export const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));

/** A Name with one CN. */
export function nameOf(commonName: string, stringTag = 0x0c): Buffer {
  const attribute = sequence(hex('06 03 55 04 03'), tlv(stringTag, Buffer.from(commonName)));
  return sequence(tlv(0x31, attribute));
}

/** An extension, with an id of RFC 5280 (the last arc after 2.5.29). */
export function extensionOf(lastArc: number, value: Buffer, isCritical = false): Buffer {
  const id = tlv(0x06, Buffer.of(0x55, 0x1d, lastArc));
  return sequence(id, ...(isCritical ? [hex('01 01 ff')] : []), tlv(0x04, value));
}

export const ecdsaWithSha256 = sequence(hex('06 08 2a 86 48 ce 3d 04 03 02'));
const anySignature = tlv(0x03, hex('00 30 06 02 01 01 02 01 01'));

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
export const anyKeyInfo = publicKey.export({ type: 'spki', format: 'der' });

export const validity = {
  notBefore: tlv(0x17, Buffer.from('260101000000Z')),
  notAfter: tlv(0x17, Buffer.from('360101000000Z')),
};

/** The fields of a certificate's inner part, in order; each can be replaced or omitted. */
export const certificateFields = {
  version: hex('a0 03 02 01 02'),
  serial: hex('02 02 00 85'),
  algorithm: ecdsaWithSha256,
  issuer: nameOf('Issuer'),
  validity: sequence(validity.notBefore, validity.notAfter),
  subject: nameOf('Subject'),
  spki: anyKeyInfo,
  issuerId: Buffer.alloc(0),
  subjectId: Buffer.alloc(0),
  extensions: Buffer.alloc(0),
  behind: Buffer.alloc(0),
};

export type CertificateParts = Partial<Record<keyof typeof certificateFields, Buffer>>;

/** A certificate that OpenSSL can read, with a made-up signature. */
export function certificateOf(parts: CertificateParts = {}, ...behind: readonly Buffer[]): Buffer {
  const fields = { ...certificateFields, ...parts };
  return sequence(sequence(...Object.values(fields)), ecdsaWithSha256, anySignature, ...behind);
}

export const extensionsOf = (...extensions: readonly Buffer[]): Buffer => tlv(0xa3, sequence(...extensions));

export const listFields = {
  version: hex('02 01 01'),
  algorithm: ecdsaWithSha256,
  issuer: nameOf('Issuer'),
  thisUpdate: validity.notBefore,
  nextUpdate: validity.notAfter,
  entries: Buffer.alloc(0),
  extensions: Buffer.alloc(0),
  behind: Buffer.alloc(0),
};

export type ListParts = Partial<Record<keyof typeof listFields, Buffer>>;

/** A revocation list with a made-up signature. */
export function revocationListOf(parts: ListParts = {}, ...behind: readonly Buffer[]): Buffer {
  const fields = { ...listFields, ...parts };
  return sequence(sequence(...Object.values(fields)), ecdsaWithSha256, anySignature, ...behind);
}
