import { counted } from '../../base/text/counted';
import type { Circumstances, SayWhy, Why } from '../reasons/why';

interface Nested {
  why: Why;
}

interface Sized {
  sizeBytes: number;
}

interface Id {
  id: string;
}

/** Why a file is not a bundle, or its signature is not valid. */
export const signatureCircumstances = {
  'file-too-short': ({ sizeBytes }: Sized) =>
    `the file has ${counted(sizeBytes, 'byte')}: too few for a bundle`,
  'signature-length-zero': () => 'the file ends with a signature length of 0',
  'signature-beyond-file': () =>
    'the signature length at its end is larger than the file: it was cut short or is not a bundle',
  'signature-too-long': ({ sizeBytes, limitBytes }: Sized & { limitBytes: number }) =>
    `the signature has ${counted(sizeBytes, 'byte')}; devices accept at most ${limitBytes}`,
  'payload-missing': () => 'the bundle has a signature but no payload',
  'payload-not-in-blocks': ({ sizeBytes, blockBytes }: Sized & { blockBytes: number }) =>
    `the payload has ${counted(sizeBytes, 'byte')}, not a multiple of ${blockBytes}`,
  'plain-too-large': () =>
    'a plain bundle must be smaller than 2 GiB: older RAUC verifies only a part of a larger one',

  'signature-unreadable': ({ why }: Nested, say: SayWhy) => `the signature cannot be read: ${say(why)}`,
  'signature-followed': () => 'there are bytes after the signature inside its area',
  'signature-of-other-type': ({ id }: Id) =>
    `the signature is a CMS of type ${id}, neither signed nor enveloped data`,
  'signed-content-of-other-type': ({ id }: Id) => `the signed content is of type ${id}, not plain data`,
  'certificates-too-many': ({ count }: { count: number }) => `it has ${counted(count, 'certificate')}`,
  'revocation-lists-too-many': ({ count }: { count: number }) =>
    `it has ${counted(count, 'revocation list')}`,
  'content-not-octets': () => 'its content does not consist of octets',
  'no-recipient': () => 'it has no recipient',

  'signature-mismatch': () => "the signature does not match the content and the signer's key",
  'content-damaged': () => 'the signed content was changed after it was signed, or damaged',
  'signature-not-accepted': ({ why }: Nested, say: SayWhy) => `the signature is not accepted: ${say(why)}`,
  'digest-not-accepted': ({ id }: Id) => `its digest algorithm ${id} is too weak or unknown`,
  'digest-listed-unknown': ({ id }: Id) => `its list of digest algorithms has ${id}, which is unknown`,
  'digest-not-listed': () => 'its list of digest algorithms lacks the one that its signer used',
  'signer-key-not-verifiable': () => 'devices cannot verify a signer with such a key',
  'signature-of-two-hashes': () => 'its digest and its signature use two different hashes',
  'signers-not-one': ({ count }: { count: number }) =>
    `it has ${counted(count, 'signer')}; RAUC requires exactly one`,
  'signer-certificate-missing': () => "it does not contain its signer's certificate",
  'content-type-wrong': () => 'its content type attribute is missing or wrong',
  'message-digest-missing': () => 'it has no message digest',
  'attribute-repeated': ({ id }: Id) => `it repeats the signed attribute ${id}`,
  'attribute-empty': ({ id }: Id) => `its signed attribute ${id} has no value`,
  'countersignature-signed': () => 'a countersignature must not be among its signed attributes',
  'attribute-not-signed': ({ id }: Id) => `the attribute ${id} must not be among the unsigned ones`,
  'signing-time-unreadable': () => 'its signing time cannot be read',
} satisfies Circumstances;
