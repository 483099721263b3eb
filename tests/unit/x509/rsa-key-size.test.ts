import { createPublicKey } from 'node:crypto';
import { publicKeyBits, refuseOversizedKey } from '../../../src/x509/rsa-key-size';
import { tlv } from '../../support/ber';
import { rsaKeyInfo } from '../../support/hostile-cms';
import { keyOf, kinds } from '../../support/key-kinds';
import { malformed } from '../../support/malformed';
import { hex, sequence } from '../../support/x509-bytes';

describe('the size of an RSA key', () => {
  const keyWith = (modulusBits: number, exponentBits: number) =>
    createPublicKey({ key: rsaKeyInfo(modulusBits, exponentBits), type: 'spki', format: 'der' });

  it.each([
    [16_384, 64],
    [3_073, 64],
    [3_072, 3_072],
    [1_024, 1_024],
  ])('is one that OpenSSL verifies with: %d bits, exponent %d', (modulusBits, exponentBits) => {
    expect(() => refuseOversizedKey(keyWith(modulusBits, exponentBits))).not.toThrow();
  });

  it.each([
    [16_385, 17, /RSA key of 16385 bits is too large/],
    [3_073, 65, /exponent of 65 bits/],
    [16_384, 65, /exponent of 65 bits/],
    [3_072, 3_073, /exponent of 3073 bits/],
    [1_024, 1_025, /exponent of 1025 bits/],
  ])('is refused: %d bits, exponent %d', (modulusBits, exponentBits, reason) => {
    expect(() => refuseOversizedKey(keyWith(modulusBits, exponentBits))).toThrow(malformed(reason));
  });

  it('is bounded for PSS keys, too', () => {
    const bits = publicKeyBits(rsaKeyInfo(2_048, 2_049));
    // Without restrictions it has no parameters (RFC 4055, section 1.2).
    const bare = sequence(
      sequence(hex('06092a864886f70d01010a')),
      tlv(0x03, Buffer.concat([Buffer.alloc(1), bits])),
    );
    expect(() => refuseOversizedKey(createPublicKey({ key: bare, type: 'spki', format: 'der' }))).toThrow(
      malformed(/exponent of 2049 bits/),
    );
  });

  it('is not asked of keys of other kinds', () => {
    for (const kind of kinds) expect(() => refuseOversizedKey(keyOf(kind))).not.toThrow();
  });

  it('is found in the bits of a key, which are whole octets', () => {
    const algorithm = sequence(hex('06032b6570'));
    expect(publicKeyBits(sequence(algorithm, tlv(0x03, hex('00 aa bb'))))).toEqual(hex('aa bb'));
    expect(() => publicKeyBits(sequence(algorithm, tlv(0x03, hex('01 aa'))))).toThrow(
      malformed(/whole octets/),
    );
    expect(() => publicKeyBits(sequence(algorithm))).toThrow(malformed(/missing/));
  });
});
