import type { Circumstances, SayWhy, Why } from '../reasons/why';

/**
 * What is wrong with a key, in words that follow "it has", and why a certificate would be refused, in words that follow
 * "because".
 */
export const certificateCircumstances = {
  'rsa-key-of-size': ({ bits }: { bits: number }) => `an RSA key of ${bits} bits`,
  'ec-curve-written-out': () => 'an EC key with its curve written out (explicit parameters)',
  'ec-key-on-curve': ({ curve }: { curve: string | null }) => `an EC key on ${curve ?? 'an unnamed curve'}`,
  'key-of-kind': ({ kind }: { kind: string | null }) => `a key of the kind ${kind ?? 'unknown'}`,
  'key-of-unknown-kind': () => 'a key of an unknown kind',

  'purpose-not-allowed': ({ purpose }: { purpose: 'clientAuth' | 'serverAuth' }) =>
    `its extended key usage, or that of a CA above it, does not allow ${purpose}`,
  'own-key-not-taken': ({ key }: { key: Why }, say: SayWhy) => `it has ${say(key)}`,
  'key-of-ca-not-taken': ({ key }: { key: Why }, say: SayWhy) => `a CA has ${say(key)}`,
  'path-length-exceeded': () => 'the path length of a CA above it allows no CA below',
  'names-not-allowed': () => 'its name constraints do not allow the names in it',
  'refused-by-openssl': ({ verdict }: { verdict: string }) => `OpenSSL says ${verdict}`,

  'request-algorithm-not-taken': () => 'its signature algorithm is not accepted',
  'request-signature-wrong': () => 'its own signature is wrong',
  'request-names-several': () => 'it has several common names',
  'request-name-not-text': () => 'its common name is not text',
  'rsa-exponent-too-small': () => 'its RSA key has a small exponent',

  'ca-file': () => 'the CA file',
  'ca-key': () => 'the CA key',
  'certificate-of-this-ca': ({ role }: { role: 'device' | 'server' }) => `a ${role} certificate of this CA`,
  'this-certificate': ({ role }: { role: 'device' | 'server' }) => `this ${role} certificate`,
} satisfies Circumstances;
