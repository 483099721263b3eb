import { circumstance } from '../../../src/core/circumstances/catalogue';
import { constants } from 'node:crypto';
import { readAlgorithm } from '../../../src/x509/algorithm';
import { readElement } from '../../../src/x509/element';
import { readPssParameters } from '../../../src/x509/pss-parameters';
import { hashOf, plainAlgorithm, signatureScheme, signsWith } from '../../../src/x509/signature-algorithm';
import { tlv } from '../../support/ber';
import { keyOf, kinds } from '../../support/key-kinds';
import { malformed } from '../../support/malformed';
import { hex, sequence } from '../../support/x509-bytes';

const read = (bytes: Buffer) => readElement(bytes, 'BER');
const misplaced = malformed(/missing, or is where none may/);

const sha256 = sequence(hex('0609608648016503040201'), hex('0500'));
const sha512 = sequence(hex('0609608648016503040203'), hex('0500'));
const sha1 = sequence(hex('06052b0e03021a'), hex('0500'));
const mgf1 = hex('06092a864886f70d010108');
const other = hex('06092a864886f70d010107');
const number = (content: string) => tlv(0x02, hex(content));
const pss = (...fields: readonly Buffer[]) => ({
  id: '1.2.840.113549.1.1.10',
  parameters: read(sequence(...fields)),
});
const hashField = (hash: Buffer) => tlv(0xa0, hash);
const maskField = (hash: Buffer, id = mgf1) => tlv(0xa1, sequence(id, hash));
const saltField = (content: string) => tlv(0xa2, number(content));
const trailerField = (content: string) => tlv(0xa3, number(content));

describe('an algorithm identifier', () => {
  it('has an object identifier and perhaps parameters', () => {
    expect(readAlgorithm(read(sha256))).toMatchObject({
      id: '2.16.840.1.101.3.4.2.1',
      parameters: { tag: 5 },
    });
    expect(readAlgorithm(read(sequence(hex('06032b6570'))))).toEqual({
      id: '1.3.101.112',
      parameters: undefined,
    });
  });

  it.each([
    ['nothing', sequence()],
    ['parameters alone', sequence(hex('0500'))],
    ['something behind its parameters', sequence(hex('06032b6570'), hex('0500'), hex('0500'))],
    ['another tag', tlv(0x31, hex('06032b6570'))],
  ])('is refused with %s', (_, bytes) => {
    expect(() => readAlgorithm(read(bytes))).toThrow(misplaced);
  });
});

describe('the hash of a digest algorithm', () => {
  it.each([
    ['2.16.840.1.101.3.4.2.1', 'sha256'],
    ['2.16.840.1.101.3.4.2.2', 'sha384'],
    ['2.16.840.1.101.3.4.2.3', 'sha512'],
    ['1.3.14.3.2.26', undefined], // SHA-1
    ['2.16.840.1.101.3.4.2.4', undefined], // SHA-224
    ['constructor', undefined],
  ])('%s is %s', (id, hash) => {
    expect(hashOf(id)).toBe(hash);
  });
});

/** RFC 8017, appendix C; RFC 5758, section 3.2; RFC 8410, section 3. */
const plain = [
  ['1.2.840.113549.1.1.11', 'rsa', 'sha256'],
  ['1.2.840.113549.1.1.12', 'rsa', 'sha384'],
  ['1.2.840.113549.1.1.13', 'rsa', 'sha512'],
  ['1.2.840.10045.4.3.2', 'ec', 'sha256'],
  ['1.2.840.10045.4.3.3', 'ec', 'sha384'],
  ['1.2.840.10045.4.3.4', 'ec', 'sha512'],
  ['1.3.101.112', 'ed25519', null],
  ['1.3.101.113', 'ed448', null],
] as const;

describe('how a signature is verified', () => {
  const wrongKey = circumstance('algorithm-not-of-key');

  it.each(plain)('follows from the algorithm %s of %s with %s, and the key', (id, kind, hash) => {
    expect(plainAlgorithm(id)).toEqual({ keyType: kind, hash });
    for (const one of kinds) {
      const key = keyOf(one);
      const scheme = signatureScheme({ id, parameters: undefined }, key);
      if (one !== kind) {
        expect(scheme).toEqual(wrongKey);
        continue;
      }
      const options = {
        rsa: { padding: constants.RSA_PKCS1_PADDING },
        ec: { dsaEncoding: 'der' },
        ed25519: {},
        ed448: {},
      }[kind];
      expect(scheme).toEqual({ hash, key: { key, ...options } });
    }
  });

  it.each(['1.2.840.113549.1.1.5', '1.2.840.113549.1.1.4', '1.2.840.10045.4.1', '1.2.3', 'constructor'])(
    'is unknown for what is too weak, or unknown: %s',
    (id) => {
      expect(plainAlgorithm(id)).toBeUndefined();
      for (const kind of kinds) {
        expect(signatureScheme({ id, parameters: undefined }, keyOf(kind))).toEqual(
          circumstance('algorithm-not-accepted', { id }),
        );
      }
    },
  );

  it('takes the digest of the CMS where the algorithm names none', () => {
    const rsaEncryption = { id: '1.2.840.113549.1.1.1', parameters: undefined };
    const key = keyOf('rsa');
    expect(signatureScheme(rsaEncryption, key, 'sha384')).toEqual({
      hash: 'sha384',
      key: { key, padding: constants.RSA_PKCS1_PADDING },
    });
    expect(signatureScheme(rsaEncryption, key)).toEqual(wrongKey);
    for (const kind of kinds.filter((one) => one !== 'rsa'))
      expect(signatureScheme(rsaEncryption, keyOf(kind), 'sha256')).toEqual(wrongKey);
  });

  const sound = pss(hashField(sha256), maskField(sha256), saltField('20'));
  it('follows from the parameters of PSS', () => {
    for (const kind of ['rsa', 'rsa-pss']) {
      const key = keyOf(kind);
      expect(signatureScheme(sound, key)).toEqual({
        hash: 'sha256',
        key: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
      });
    }
    for (const kind of kinds.filter((one) => !one.startsWith('rsa')))
      expect(signatureScheme(sound, keyOf(kind))).toEqual(circumstance('pss-without-rsa-key'));
  });

  it.each([
    ['nothing, which means SHA-1', pss(), 'pss-hash-not-accepted'],
    ['SHA-1', pss(hashField(sha1), maskField(sha1)), 'pss-hash-not-accepted'],
    ['SHA-1 for the mask alone', pss(hashField(sha256)), 'pss-of-two-hashes'],
    ['two hashes', pss(hashField(sha256), maskField(sha512)), 'pss-of-two-hashes'],
    ['an unknown hash for the mask', pss(hashField(sha256), maskField(sha1)), 'pss-of-two-hashes'],
    ['another mask function', pss(hashField(sha256), maskField(sha256, other)), 'pss-unreadable'],
    ['a negative salt length', pss(hashField(sha256), maskField(sha256), saltField('fe')), 'pss-unreadable'],
    ['no parameters', { id: sound.id, parameters: undefined }, 'pss-unreadable'],
    ['NULL for parameters', { id: sound.id, parameters: read(hex('0500')) }, 'pss-unreadable'],
  ] as const)('is refused when PSS has %s', (_, algorithm, reason) => {
    expect(signatureScheme(algorithm, keyOf('rsa'))).toEqual(circumstance(reason));
  });
});

describe('the parameters of PSS', () => {
  const of = (...fields: readonly Buffer[]) => readPssParameters(read(sequence(...fields)));
  const sha1Id = '1.3.14.3.2.26';

  it('are those of SHA-1 where they are left out', () => {
    expect(of()).toEqual({ hash: sha1Id, maskHash: sha1Id, saltLength: 20 });
    expect(of(hashField(sha512), maskField(sha256), saltField('00'), trailerField('01'))).toEqual({
      hash: '2.16.840.1.101.3.4.2.3',
      maskHash: '2.16.840.1.101.3.4.2.1',
      saltLength: 0,
    });
  });

  it.each<[what: string, fields: readonly Buffer[], reason: Error]>([
    ['another trailer', [trailerField('02')], malformed(/trailer is unknown/)],
    ['another mask function', [maskField(sha1, other)], malformed(/mask generation function is unknown/)],
    ['a mask function without hash', [tlv(0xa1, sequence(mgf1))], misplaced],
    ['a negative salt length', [saltField('ff')], malformed(/negative/)],
    ['another order', [maskField(sha256), hashField(sha256)], misplaced],
    ['something behind', [trailerField('01'), hex('0500')], misplaced],
  ])('are refused with %s', (_, fields, reason) => {
    expect(() => of(...fields)).toThrow(reason);
  });
});

describe('whether a key is of the kind that makes signatures of an algorithm', () => {
  it.each([
    ['1.2.840.113549.1.1.10', ['rsa', 'rsa-pss']],
    ['1.2.840.113549.1.1.11', ['rsa']],
    ['1.2.840.113549.1.1.5', ['rsa']],
    ['1.2.840.10045.4.3.2', ['ec']],
    ['1.2.840.10045.4.1', ['ec']],
    ['1.3.101.112', ['ed25519']],
    ['1.3.101.113', ['ed448']],
    ['1.2.3', []],
    ['9.1.2.840.113549.1.1.11', []],
  ])('%s: %j', (id, expected) => {
    expect(kinds.filter((kind) => signsWith(id, keyOf(kind)))).toEqual(expected);
    expect(signsWith(id, null)).toBe(false);
  });
});
