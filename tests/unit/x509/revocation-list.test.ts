import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readCertificate } from '../../../src/x509/certificate';
import { readRevocationList } from '../../../src/x509/revocation-list';
import { tlv } from '../../support/ber';
import { malformed } from '../../support/malformed';
import { bundleSigner, revocationList } from '../../support/test-pki';
import {
  ecdsaWithSha256,
  extensionOf,
  hex,
  listFields,
  type ListParts,
  revocationListOf,
  sequence,
  validity,
} from '../../support/x509-bytes';

const misplaced = malformed(/missing, or is where none may/);
const nothing = Buffer.alloc(0);
const read = (parts: ListParts = {}) => readRevocationList(revocationListOf(parts), 'DER');
const entry = (serial: string, ...extensions: readonly Buffer[]) =>
  sequence(
    tlv(0x02, hex(serial)),
    validity.notBefore,
    ...(extensions.length === 0 ? [] : [sequence(...extensions)]),
  );
const withExtensions = (...extensions: readonly Buffer[]) => tlv(0xa0, sequence(...extensions));

describe('a revocation list', () => {
  it('is read field by field', () => {
    const bytes = revocationListOf({
      entries: sequence(entry('05'), entry('00 85')),
      extensions: withExtensions(extensionOf(35, hex('30 04 80 02 cc dd')), extensionOf(20, hex('02 01 07'))),
    });
    expect(readRevocationList(bytes, 'DER')).toMatchObject({
      issuerName: '2.5.4.3="issuer"',
      authorityKeyId: { keyId: 'ccdd', issuerName: null, serial: null },
      thisUpdate: new Date('2026-01-01T00:00:00Z'),
      nextUpdate: new Date('2036-01-01T00:00:00Z'),
      revoked: new Set(['05', '0085']),
      isPartial: false,
      signatureAlgorithm: { id: '1.2.840.10045.4.3.2' },
      signature: hex('30 06 02 01 01 02 01 01'),
    });
  });

  it('may say as little as it must', () => {
    const { signedBytes, ...list } = readRevocationList(
      revocationListOf({ version: nothing, nextUpdate: nothing }),
      'DER',
    );
    expect(list).toMatchObject({
      nextUpdate: null,
      revoked: new Set(),
      isPartial: false,
      authorityKeyId: { keyId: null, issuerName: null, serial: null },
    });
    expect(signedBytes).toEqual(sequence(ecdsaWithSha256, listFields.issuer, validity.notBefore));
    expect(read({ nextUpdate: nothing, entries: sequence(entry('05')) })).toMatchObject({
      nextUpdate: null,
      revoked: new Set(['05']),
    });
  });

  it('may have either kind of time', () => {
    const later = tlv(0x18, Buffer.from('20560101000000Z'));
    const at = new Date('2056-01-01T00:00:00Z');
    expect(read({ thisUpdate: later, nextUpdate: later })).toMatchObject({ thisUpdate: at, nextUpdate: at });
    const dated = sequence(sequence(hex('02 01 05'), later));
    expect(read({ entries: dated }).revoked).toEqual(new Set(['05']));
  });

  it.each<[what: string, parts: ListParts, isPartial: boolean]>([
    ['a number', { extensions: withExtensions(extensionOf(20, hex('02 01 01'))) }, false],
    ['a critical extension', { extensions: withExtensions(extensionOf(20, hex('02 01 01'), true)) }, true],
    ['changes alone', { extensions: withExtensions(extensionOf(27, hex('02 01 01'))) }, true],
    ['some certificates alone', { extensions: withExtensions(extensionOf(28, hex('30 00'))) }, true],
    ['a reason', { entries: sequence(entry('05', extensionOf(21, hex('0a 01 01')))) }, false],
    [
      'an entry that says something critical',
      { entries: sequence(entry('05'), entry('06', extensionOf(29, hex('30 00'), true))) },
      true,
    ],
  ])('is partial or not with %s', (_, parts, isPartial) => {
    expect(read(parts).isPartial).toBe(isPartial);
  });

  it.each<[what: string, parts: ListParts]>([
    ['no algorithm', { algorithm: nothing }],
    ['no issuer', { issuer: nothing }],
    ['no time', { thisUpdate: nothing, nextUpdate: nothing }],
    ['another version', { version: hex('04 01 01') }],
    ['an entry that is not a SEQUENCE', { entries: sequence(hex('05 00')) }],
    ['an entry without serial', { entries: sequence(sequence(validity.notBefore)) }],
    ['an entry without time', { entries: sequence(sequence(hex('02 01 05'))) }],
    [
      'something behind the extensions of an entry',
      { entries: sequence(sequence(hex('02 01 05'), validity.notBefore, sequence(), hex('05 00'))) },
    ],
    ['extensions that are not a list', { extensions: tlv(0xa0, hex('05 00')) }],
    ['something behind its extensions', { extensions: withExtensions(), behind: hex('05 00') }],
  ])('is refused with %s', (_, parts) => {
    expect(() => read(parts)).toThrow(misplaced);
  });

  it('is refused with times that nobody can compare', () => {
    const never = tlv(0x17, Buffer.from('261301000000Z'));
    expect(() => read({ thisUpdate: never })).toThrow(malformed(/not in the form/));
    expect(() => read({ nextUpdate: never })).toThrow(malformed(/not in the form/));
  });

  it('is refused with an extension twice, or a key identifier that cannot be read', () => {
    const one = extensionOf(20, hex('02 01 01'));
    expect(() => read({ extensions: withExtensions(one, one) })).toThrow(malformed(/twice/));
    expect(() => read({ extensions: withExtensions(extensionOf(35, hex('05 00'))) })).toThrow(misplaced);
    expect(() => read({ entries: sequence(entry('05', one, one)) })).toThrow(malformed(/twice/));
  });

  it.each<[what: string, bytes: Buffer]>([
    ['something behind its signature', revocationListOf({}, hex('05 00'))],
    ['no signature', sequence(sequence(), ecdsaWithSha256)],
    ['a signature of another kind', sequence(sequence(), ecdsaWithSha256, hex('04 01 00'))],
    ['no algorithm', sequence(sequence(), hex('03 01 00'))],
    ['another kind of inner part', sequence(tlv(0x31, nothing), ecdsaWithSha256, hex('03 01 00'))],
  ])('is refused as %s', (_, bytes) => {
    expect(() => readRevocationList(bytes, 'DER')).toThrow(misplaced);
  });

  it('is refused with a signature that is not whole octets, and with something behind it', () => {
    const bits = sequence(sequence(), ecdsaWithSha256, hex('03 02 01 00'));
    expect(() => readRevocationList(bits, 'DER')).toThrow(malformed(/whole octets/));
    const junk = Buffer.concat([revocationListOf(), hex('00')]);
    expect(() => readRevocationList(junk, 'DER')).toThrow(malformed(/follows its end/));
  });

  it('may be BER for those who say so', () => {
    const ber = revocationListOf({ version: hex('02 81 01 01') });
    expect(readRevocationList(ber, 'BER').issuerName).toBe('2.5.4.3="issuer"');
    expect(() => readRevocationList(ber, 'DER')).toThrow(malformed(/shortest/));
  });

  it('of openssl names the certificate that it revokes', async () => {
    const signer = await bundleSigner('ec');
    const pem = await revocationList(signer, 'root', [signer.certPath]);
    const base64 = /-----BEGIN X509 CRL-----([^-]+)-----END/.exec(pem)?.[1] ?? '';
    const list = readRevocationList(Buffer.from(base64, 'base64'), 'DER');
    const { raw } = new X509Certificate(await readFile(signer.certPath));
    const certificate = readCertificate(raw, 'DER');
    expect(list).toMatchObject({
      issuerName: certificate.issuerName,
      thisUpdate: new Date('2020-01-01T00:00:00Z'),
      nextUpdate: new Date('2099-01-01T00:00:00Z'),
      revoked: new Set([certificate.serial]),
      isPartial: false,
    });
  });
});
