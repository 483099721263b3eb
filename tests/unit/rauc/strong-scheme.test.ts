import { circumstance } from '../../../src/core/circumstances/catalogue';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { keyWeakness, strongScheme } from '../../../src/rauc/strong-scheme';

/** One that nobody has the other half of: no prime is looked for. */
function rsa(bits: number): KeyObject {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  modulus.writeUInt8(0xff >> (modulus.length * 8 - bits), 0);
  const n = modulus.toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
}

const onCurve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).publicKey;

describe('a key that signs what we trust', () => {
  it('has 2048 bits or more when it is of RSA', () => {
    expect(keyWeakness(rsa(2047))).toEqual(circumstance('rsa-key-too-weak', { bits: 2047 }));
    expect(keyWeakness(rsa(2048))).toBeUndefined();
    const { publicKey } = generateKeyPairSync('rsa-pss', { modulusLength: 1024 });
    expect(keyWeakness(publicKey)).toEqual(circumstance('rsa-key-too-weak', { bits: 1024 }));
  });

  it.each([
    'prime256v1',
    'secp256k1',
    'secp384r1',
    'secp521r1',
    'brainpoolP256r1',
    'brainpoolP384t1',
    'brainpoolP512r1',
  ])('may lie on %s', (curve) => {
    expect(keyWeakness(onCurve(curve))).toBeUndefined();
  });

  it.each(['secp224r1', 'prime192v1', 'prime239v1', 'brainpoolP224r1', 'brainpoolP320r1', 'sect283k1'])(
    'may not lie on %s',
    (curve) => {
      expect(keyWeakness(onCurve(curve))).toEqual(circumstance('curve-not-accepted', { curve }));
    },
  );

  it('may be one of Edwards, and no other kind', () => {
    expect(keyWeakness(generateKeyPairSync('ed25519').publicKey)).toBeUndefined();
    expect(keyWeakness(generateKeyPairSync('ed448').publicKey)).toBeUndefined();
    expect(keyWeakness(generateKeyPairSync('x25519').publicKey)).toEqual(
      circumstance('key-type-not-accepted', { type: 'x25519' }),
    );
    expect(keyWeakness(null)).toEqual(circumstance('key-unknown'));
  });
});

describe('how a signature is verified', () => {
  const ecdsaWithSha256 = { id: '1.2.840.10045.4.3.2', parameters: undefined };

  it('is refused for a key that is weak or unknown before its algorithm is looked at', () => {
    expect(strongScheme(ecdsaWithSha256, null)).toEqual(circumstance('key-unknown'));
    expect(strongScheme(ecdsaWithSha256, rsa(1024))).toEqual(
      circumstance('rsa-key-too-weak', { bits: 1024 }),
    );
  });

  it('follows from its algorithm and its key', () => {
    expect(strongScheme(ecdsaWithSha256, onCurve('prime256v1'))).toMatchObject({ hash: 'sha256' });
    expect(strongScheme(ecdsaWithSha256, rsa(2048))).toEqual(circumstance('algorithm-not-of-key'));
  });
});
