import { generateKeyPairSync } from 'node:crypto';
import { describeKey } from '../../../src/x509/describe-key';
import { keyOf } from '../../support/key-kinds';

describe('a key in the words of people', () => {
  const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).publicKey;

  it.each([
    [keyOf('rsa'), 'RSA 1024'],
    [keyOf('rsa-pss'), 'RSA-PSS 1024'],
    [keyOf('ec'), 'EC P-256'],
    [curve('secp384r1'), 'EC P-384'],
    [curve('secp521r1'), 'EC P-521'],
    [curve('brainpoolP256r1'), 'EC brainpoolP256r1'],
    [keyOf('ed25519'), 'Ed25519'],
    [keyOf('ed448'), 'Ed448'],
    [keyOf('x25519'), 'x25519'],
    [null, 'unknown'],
  ])('%#: %s', (key, words) => {
    expect(describeKey(key)).toBe(words);
  });

  it('says so where a curve has no name', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' });
    // As of a curve that OpenSSL has no name for.
    Object.defineProperty(publicKey, 'asymmetricKeyDetails', { value: {} });
    expect(describeKey(publicKey)).toBe('EC unknown curve');
  });
});
