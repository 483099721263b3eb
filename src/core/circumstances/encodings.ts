import type { Circumstances, SayWhy, Why } from '../reasons/why';

interface Bits {
  bits: number;
}

interface Id {
  id: string;
}

/** Why a structure in ASN.1, or a key or a signature algorithm in it, cannot be read or is not accepted. */
export const encodingCircumstances = {
  malformed: ({ why }: { why: Why }, say: SayWhy) => `it is malformed: ${say(why)}`,
  'bytes-after-end': () => 'something follows its end',
  'element-misplaced': () => 'an element is missing, or is where none may be',
  'element-unreadable': () => 'an element has a value that cannot be read',
  'element-without-length': () => 'a primitive element has no length',
  'element-too-long': () => 'an element is longer than the one that contains it',
  'elements-too-many': () => 'it has too many elements',
  'elements-too-deep': () => 'it is nested too deeply',
  'cut-short': () => 'it is cut short',
  'tag-of-several-octets': () => 'it has a tag of several octets',
  'length-impossible': () => 'a length is impossible',
  'length-not-shortest': () => 'a length is not in its shortest form',
  'not-ber': () => 'it is not BER',
  'not-a-certificate': () => 'it is not a certificate',
  'time-unreadable': () => 'a time is not in the form of RFC 5280',
  'alternative-name-unreadable': () => 'a subjectAltName cannot be read',
  'object-identifier-padded': () => 'an object identifier has leading zeros',
  'object-identifier-too-large': () => 'an object identifier is too large',
  'object-identifier-cut-short': () => 'an object identifier is cut short',
  'extension-twice': () => 'it has an extension twice',
  'boolean-of-wrong-length': () => 'a Boolean is not one octet',
  'number-empty': () => 'a number is empty',
  'number-negative': () => 'a number is negative',
  'bit-string-of-no-octets': () => 'a bit string does not consist of whole octets',
  'bit-string-unreadable': () => 'a bit string cannot be read',
  'pss-trailer-unknown': () => 'a PSS trailer is unknown',
  'mask-function-unknown': () => 'a mask generation function is unknown',
  'attribute-values-not-der': () => 'the values of a signed attribute are not in DER',

  'rsa-key-too-large': ({ bits }: Bits) => `an RSA key of ${bits} bits is too large`,
  'rsa-exponent-too-large': ({ bits }: Bits) => `an RSA key has an exponent of ${bits} bits`,
  'rsa-key-too-weak': ({ bits }: Bits) => `an RSA key of ${bits} bits is too weak`,
  'curve-not-accepted': ({ curve }: { curve: string | null }) =>
    `an EC key on ${curve ?? 'an unnamed curve'} is not accepted`,
  'key-type-not-accepted': ({ type }: { type: string }) => `a key of type ${type} is not accepted`,
  'key-unknown': () => 'a key of an unknown kind is not accepted',

  'algorithm-not-of-key': () => "the signature algorithm does not fit the signer's key",
  'algorithm-not-accepted': ({ id }: Id) => `the signature algorithm ${id} is unknown or too weak`,
  'pss-without-rsa-key': () => 'a PSS signature needs an RSA key',
  'pss-unreadable': () => 'the PSS signature has parameters that cannot be read',
  'pss-hash-not-accepted': () => 'the PSS signature uses a hash that is unknown or too weak',
  'pss-of-two-hashes': () => 'the PSS signature uses two different hashes',
} satisfies Circumstances;
