import { readElement } from '../../../src/x509/element';
import {
  readBasicConstraints,
  readExtendedKeyUsage,
  readExtensions,
  readKeyUsage,
  readSubjectKeyId,
  sayingOf,
} from '../../../src/x509/extensions';
import { tlv } from '../../support/ber';
import { malformed } from '../../support/malformed';
import { hex } from '../../support/x509-bytes';

const der = (text: string | Buffer) => readElement(typeof text === 'string' ? hex(text) : text, 'DER');
const misplaced = malformed(/missing, or is where none may/);

const keyUsageId = '06 03 55 1d 0f';
const skiId = '06 03 55 1d 0e';
const octets = (content: string) => tlv(0x04, hex(content)).toString('hex');
const extension = (...parts: readonly string[]) => tlv(0x30, hex(parts.join('')));
const list = (...extensions: readonly Buffer[]) => der(tlv(0x30, Buffer.concat(extensions)));

describe('extensions', () => {
  it('are read in order, each with whether it is critical', () => {
    const first = extension(keyUsageId, '0101ff', octets('03 02 07 80'));
    const second = extension(skiId, octets('04 01 aa'));
    const [usage, ski, ...others] = readExtensions(list(first, second));
    expect(usage).toMatchObject({ id: '2.5.29.15', isCritical: true, raw: first });
    expect(ski).toMatchObject({ id: '2.5.29.14', isCritical: false, raw: second });
    expect(ski?.octets.content).toEqual(hex('04 01 aa'));
    expect(others).toEqual([]);
  });

  it('may say in so many words that they are not critical', () => {
    expect(readExtensions(list(extension(skiId, '010100', octets('04 00'))))).toMatchObject([
      { isCritical: false },
    ]);
  });

  it('are none where there is no list', () => {
    expect(readExtensions(undefined)).toEqual([]);
    expect(readExtensions(list())).toEqual([]);
  });

  it.each<[what: string, extension: Buffer]>([
    ['no value', extension(skiId)],
    ['a value that is not an OCTET STRING', extension(skiId, '02 01 00')],
    ['a value that is in pieces', extension(skiId, '24 04 04 02 04 00')],
    ['something behind its value', extension(skiId, octets('04 00'), '05 00')],
    ['something else where it says whether it is critical', extension(skiId, '02 01 00', octets('04 00'))],
    ['no identifier', extension(octets('04 00'))],
    ['another tag', tlv(0x31, hex(skiId + octets('04 00')))],
  ])('are refused with %s', (_, one) => {
    expect(() => readExtensions(list(one))).toThrow(misplaced);
  });

  it('are refused when there is one twice, or no list', () => {
    const one = extension(skiId, octets('04 00'));
    expect(() => readExtensions(list(one, one))).toThrow(malformed(/extension twice/));
    expect(() => readExtensions(der(tlv(0x31, one)))).toThrow(misplaced);
  });

  it('say something where they are there, and nothing else', () => {
    const extensions = readExtensions(
      list(extension(keyUsageId, octets('03 02 07 80')), extension(skiId, octets('04 01 aa ff'))),
    );
    expect(sayingOf(extensions, '2.5.29.15', readKeyUsage)).toEqual(new Set(['digitalSignature']));
    expect(sayingOf(extensions, '2.5.29.19', readBasicConstraints)).toBeNull();
    expect(() => sayingOf(extensions, '2.5.29.14', readSubjectKeyId)).toThrow(malformed(/follows its end/));
  });
});

describe('basic constraints', () => {
  it.each([
    ['30 00', { isCa: false, pathLength: null }],
    ['30 03 01 01 00', { isCa: false, pathLength: null }],
    ['30 03 01 01 ff', { isCa: true, pathLength: null }],
    ['30 06 01 01 ff 02 01 00', { isCa: true, pathLength: 0 }],
    ['30 06 01 01 ff 02 01 7f', { isCa: true, pathLength: 127 }],
    ['30 07 01 01 ff 02 02 01 00', { isCa: true, pathLength: 256 }],
    ['30 03 02 01 05', { isCa: false, pathLength: 5 }],
  ])('say whether it is a CA, and how many may come below: %s', (bytes, constraints) => {
    expect(readBasicConstraints(der(bytes))).toEqual(constraints);
  });

  it.each([
    ['05 00', misplaced],
    ['30 06 02 01 00 01 01 ff', misplaced],
    ['30 08 01 01 ff 02 01 00 05 00', misplaced],
    ['30 06 01 01 ff 02 01 ff', malformed(/negative/)],
    ['30 04 01 02 ff ff', malformed(/not one octet/)],
  ])('are refused: %s', (bytes, reason) => {
    expect(() => readBasicConstraints(der(bytes))).toThrow(reason);
  });
});

it.each([
  ['03 02 07 80', ['digitalSignature']],
  ['03 02 06 40', ['nonRepudiation']],
  ['03 02 05 20', ['other']],
  ['03 02 04 10', ['other']],
  ['03 02 03 08', ['other']],
  ['03 02 02 04', ['keyCertSign']],
  ['03 02 01 02', ['cRLSign']],
  ['03 02 00 01', ['other']],
  ['03 02 00 ff', ['digitalSignature', 'nonRepudiation', 'keyCertSign', 'cRLSign', 'other']],
  ['03 03 07 00 80', []], // decipherOnly
  ['03 01 00', []],
])('a key usage names bits: %s', (bytes, names) => {
  expect(readKeyUsage(der(bytes))).toEqual(new Set(names));
});

it('an extended key usage lists object identifiers', () => {
  expect(readExtendedKeyUsage(der('30 0a 06 08 2b 06 01 05 05 07 03 02'))).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(readExtendedKeyUsage(der('30 00'))).toEqual([]);
  expect(() => readExtendedKeyUsage(der('30 02 05 00'))).toThrow(misplaced);
  expect(() => readExtendedKeyUsage(der('05 00'))).toThrow(misplaced);
});

it('a subject key identifier is octets', () => {
  expect(readSubjectKeyId(der('04 02 aa bb'))).toEqual(hex('aa bb'));
  expect(() => readSubjectKeyId(der('05 00'))).toThrow(misplaced);
});
