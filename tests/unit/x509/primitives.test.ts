import { createHash } from 'node:crypto';
import { readElement } from '../../../src/x509/element';
import { readOid } from '../../../src/x509/object-identifier';
import { bitsOf, readBitString, readBoolean, readCount, readFlags } from '../../../src/x509/primitives';
import { readTime } from '../../../src/x509/time';
import { tlv } from '../../support/ber';
import { malformed } from '../../support/malformed';
import { mustRun } from '../../support/programs';
import { hex } from '../../support/x509-bytes';

const element = (tag: number, content: string) => readElement(tlv(tag, hex(content)), 'BER');
const misplaced = malformed(/missing, or is where none may/);

describe('a truth value', () => {
  it.each([
    ['00', false],
    ['ff', true],
    ['01', true],
  ])('is read as OpenSSL reads it: %s', (content, value) => {
    expect(readBoolean(element(0x01, content))).toBe(value);
  });

  it.each(['', '00 00', 'ff ff'])('is one octet: "%s"', (content) => {
    expect(() => readBoolean(element(0x01, content))).toThrow(malformed(/not one octet/));
  });

  it('is nothing else', () => {
    expect(() => readBoolean(element(0x02, '00'))).toThrow(misplaced);
    expect(() => readBoolean(undefined)).toThrow(misplaced);
  });
});

describe('a count', () => {
  it.each([
    ['00', 0],
    ['7f', 127],
    ['00 80', 128],
    ['01 00', 256],
    ['7f ff ff ff ff ff', 2 ** 47 - 1],
    ['00 ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER],
    ['7f ff ff ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER],
  ])('is a number that is not negative: %s', (content, value) => {
    expect(readCount(element(0x02, content))).toBe(value);
  });

  it('is refused when it is negative or empty', () => {
    for (const content of ['80', 'ff', '80 00']) {
      expect(() => readCount(element(0x02, content))).toThrow(malformed(/negative/));
    }
    expect(() => readCount(element(0x02, ''))).toThrow(malformed(/empty/));
  });
});

describe('a bit string', () => {
  it('holds whole octets', () => {
    expect(readBitString(element(0x03, '00 aa bb'))).toEqual(hex('aa bb'));
    expect(readBitString(element(0x03, '00'))).toEqual(hex(''));
    for (const content of ['01 aa', ''])
      expect(() => readBitString(element(0x03, content))).toThrow(malformed(/whole octets/));
    expect(() => readBitString(element(0x04, '00'))).toThrow(misplaced);
  });

  it.each([
    ['00 a5', 0xa5],
    ['04 a5', 0xa0],
    ['07 ff', 0x80],
    ['07 a5 80', 0xa5],
    ['00 a5 ff ff', 0xa5],
    ['00', 0],
  ])('names bits, of which those that are not used do not count: %s', (content, flags) => {
    expect(readFlags(element(0x03, content))).toBe(flags);
  });

  it('is refused where nobody can tell what bits it names', () => {
    for (const content of ['', '08 ff'])
      expect(() => readFlags(element(0x03, content))).toThrow(malformed(/bit string cannot be read/));
    expect(() => readFlags(element(0x04, '00 ff'))).toThrow(misplaced);
  });
});

it.each([
  ['', 0],
  ['00', 0],
  ['01', 1],
  ['80', 8],
  ['00 80', 8],
  ['00 00 01 00', 9],
  ['ff ff', 16],
])('the bits of a positive number %s are %d', (content, bits) => {
  expect(bitsOf(element(0x02, content))).toBe(bits);
});

describe('an object identifier', () => {
  it.each([
    ['2a 86 48 86 f7 0d 01 01 0b', '1.2.840.113549.1.1.11'],
    ['55 1d 13', '2.5.29.19'],
    ['00', '0.0'],
    ['27', '0.39'],
    ['28', '1.0'],
    ['4f', '1.39'],
    ['50', '2.0'],
    ['81 34', '2.100'],
    ['2a 00', '1.2.0'],
    ['2a 87 ff ff ff ff ff ff ff 7f', '1.2.576460752303423487'],
    // The largest UUID (X.667, section 7).
    [`69 83 ${'ff '.repeat(17)} 7f`, `2.25.${2n ** 128n - 1n}`],
  ])('is read as dotted text: %s', (content, text) => {
    expect(readOid(element(0x06, content))).toBe(text);
  });

  it.each([
    ['', /cut short/],
    ['2a 86', /cut short/],
    ['2a 80 01', /leading zeros/],
    ['80 2a', /leading zeros/],
    [`69 81 ${'80 '.repeat(18)} 00`, /too large/],
  ])('is refused, as no other spelling may hide what is known: %s', (content, reason) => {
    expect(() => readOid(element(0x06, content))).toThrow(malformed(reason));
  });

  it('may have zeros within a number', () => {
    expect(readOid(element(0x06, '2a 81 80 00'))).toBe('1.2.16384');
  });

  it('is nothing else', () => {
    expect(() => readOid(element(0x04, '2a'))).toThrow(misplaced);
    expect(() => readOid(undefined)).toThrow(misplaced);
  });
});

describe('a time', () => {
  const time = (tag: number, text: string) => readTime(readElement(tlv(tag, Buffer.from(text)), 'DER'));

  it.each([
    [0x17, '491231235959Z', '2049-12-31T23:59:59.000Z'],
    [0x17, '500101000000Z', '1950-01-01T00:00:00.000Z'],
    [0x17, '000229000000Z', '2000-02-29T00:00:00.000Z'],
    [0x17, '991231235959Z', '1999-12-31T23:59:59.000Z'],
    [0x18, '20500101000000Z', '2050-01-01T00:00:00.000Z'],
    [0x18, '00500101000000Z', '0050-01-01T00:00:00.000Z'],
    [0x18, '99991231235959Z', '9999-12-31T23:59:59.000Z'],
  ])('is read: %i %s', (tag, text, iso) => {
    expect(time(tag, text).toISOString()).toBe(iso);
  });

  it.each([
    [0x17, '2601010000Z'], // without seconds
    [0x17, '260101000000+0100'],
    [0x17, '260101000000'],
    [0x17, '26010100000Z'],
    [0x17, '2601010000000Z'],
    [0x17, '26010100000 Z'],
    [0x17, '20260101000000Z'],
    [0x17, 'x260101000000'],
    [0x17, '260101000000z'],
    [0x18, '260101000000Z'],
    [0x18, '20260101000000.5Z'],
    [0x18, '2026010100000xZ'],
    [0x18, '20260229000000Z'],
    [0x18, '20260230000000Z'],
    [0x18, '20261301000000Z'],
    [0x18, '20260001000000Z'],
    [0x18, '20260100000000Z'],
    [0x18, '20260101240000Z'],
    [0x18, '20260101006000Z'],
    [0x18, '20260101000060Z'],
    [0x0c, '20260101000000Z'],
    [0x17, ''],
  ])('is refused in another form, and when there is no such day or hour: %i %s', (tag, text) => {
    expect(() => time(tag, text)).toThrow(malformed(/not in the form of RFC 5280/));
  });
});

it('object identifiers are those that OpenSSL prints', async () => {
  // Any content that is sound: the same for everybody who runs this.
  const octets = [...createHash('sha256').update('arcs').digest()].map((octet) => octet & 0x7f);
  const { stdout } = await mustRun('openssl', ['asn1parse', '-inform', 'DER', '-i'], {
    input: tlv(0x06, Buffer.from(octets)),
  });
  expect(stdout).toContain(readOid(element(0x06, Buffer.from(octets).toString('hex'))));
});
