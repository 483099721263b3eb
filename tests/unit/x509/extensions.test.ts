import { untoldAuthorityKeyId, readAuthorityKeyId } from '../../../src/x509/authority-key-id';
import { readElement } from '../../../src/x509/element';
import {
  readBasicConstraints,
  readExtendedKeyUsage,
  readExtensions,
  readKeyUsage,
  readSubjectKeyId,
  sayingOf,
} from '../../../src/x509/extensions';
import { isWithinLimits, readNameConstraints } from '../../../src/x509/name-constraints';
import { tlv } from '../../support/ber';
import { malformed } from '../../support/malformed';
import { hex } from '../../support/x509-bytes';

const der = (text: string | Buffer) => readElement(typeof text === 'string' ? hex(text) : text, 'DER');
const misplaced = malformed(/missing, or stands where none may/);

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
    ['a value that is no OCTET STRING', extension(skiId, '02 01 00')],
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

/** A Name of one organization. */
const name = (text: string) =>
  tlv(0x30, tlv(0x31, tlv(0x30, Buffer.concat([hex('06 03 55 04 0a'), tlv(0x0c, Buffer.from(text))]))));
const directory = (text: string) => tlv(0xa4, name(text));
const dns = tlv(0x82, Buffer.from('a.example'));

describe('an authority key identifier', () => {
  const keyId = tlv(0x80, hex('aa bb'));
  const serial = tlv(0x82, hex('01 02'));
  const of = (...parts: readonly Buffer[]) => readAuthorityKeyId(der(tlv(0x30, Buffer.concat(parts))));

  it('tells by what the issuer is known', () => {
    expect(of()).toEqual({ keyId: null, issuerName: null, serial: null });
    expect(of()).toEqual(untoldAuthorityKeyId);
    expect(of(keyId)).toEqual({ ...untoldAuthorityKeyId, keyId: 'aabb' });
    expect(of(serial)).toEqual({ ...untoldAuthorityKeyId, serial: '0102' });
    expect(of(keyId, tlv(0xa1, directory('Root')), serial)).toEqual({
      keyId: 'aabb',
      issuerName: '2.5.4.10="root"',
      serial: '0102',
    });
  });

  it('takes the first directory name, as OpenSSL does', () => {
    expect(of(tlv(0xa1, Buffer.concat([dns, directory('a'), directory('b')]))).issuerName).toBe(
      '2.5.4.10="a"',
    );
    expect(of(tlv(0xa1, dns)).issuerName).toBeNull();
  });

  it.each<[what: string, parts: readonly Buffer[]]>([
    ['another order', [serial, keyId]],
    ['something else', [hex('05 00')]],
    ['something behind', [keyId, hex('05 00')]],
    ['a directory name that is none', [tlv(0xa1, tlv(0xa4, hex('05 00')))]],
  ])('is refused with %s', (_, parts) => {
    expect(() => of(...parts)).toThrow(misplaced);
  });

  it('is refused when it is no SEQUENCE', () => {
    expect(() => readAuthorityKeyId(der('05 00'))).toThrow(misplaced);
  });
});

describe('name constraints', () => {
  const subtree = (base: Buffer, ...bounds: readonly Buffer[]) => tlv(0x30, Buffer.concat([base, ...bounds]));
  const permitted = (...trees: readonly Buffer[]) => tlv(0xa0, Buffer.concat(trees));
  const excluded = (...trees: readonly Buffer[]) => tlv(0xa1, Buffer.concat(trees));
  const of = (...parts: readonly Buffer[]) => readNameConstraints(der(tlv(0x30, Buffer.concat(parts))));

  it('permit and exclude directory names', () => {
    const limits = of(
      permitted(subtree(directory('a')), subtree(directory('b'))),
      excluded(subtree(directory('c'))),
    );
    expect(limits).toEqual({
      permitted: ['2.5.4.10="a"', '2.5.4.10="b"'],
      excluded: ['2.5.4.10="c"'],
      hasOthers: false,
    });
    expect(of()).toEqual({ permitted: [], excluded: [], hasOthers: false });
  });

  it.each<[what: string, base: Buffer, hasOthers: boolean]>([
    ['e-mail', tlv(0x81, Buffer.from('example.com')), false],
    ['URIs', tlv(0x86, Buffer.from('example.com')), false],
    ['addresses', tlv(0x87, Buffer.alloc(8)), false],
    ['hosts', dns, true],
    ['registered ids', tlv(0x88, hex('2a')), true],
    ['a kind that nobody knows', hex('05 00'), true],
  ])('say more than is understood here, or not: about %s', (_, base, hasOthers) => {
    expect(of(permitted(subtree(base)))).toEqual({ permitted: [], excluded: [], hasOthers });
    expect(of(excluded(subtree(base)))).toEqual({ permitted: [], excluded: [], hasOthers });
    expect(of(permitted(subtree(directory('a')), subtree(base))).hasOthers).toBe(hasOthers);
  });

  it.each<[bounds: string, parts: readonly Buffer[], hasOthers: boolean]>([
    ['a minimum of 0', [tlv(0x80, hex('00'))], false],
    ['a minimum of 1', [tlv(0x80, hex('01'))], true],
    ['a maximum', [tlv(0x81, hex('00'))], true],
    ['both', [tlv(0x80, hex('00')), tlv(0x81, hex('05'))], true],
  ])('are not understood with bounds other than none: %s', (_, parts, hasOthers) => {
    expect(of(permitted(subtree(directory('a'), ...parts)))).toEqual({
      permitted: ['2.5.4.10="a"'],
      excluded: [],
      hasOthers,
    });
  });

  it('are not understood without a base', () => {
    expect(of(permitted(tlv(0x30, Buffer.alloc(0)))).hasOthers).toBe(true);
  });

  it.each<[what: string, parts: readonly Buffer[]]>([
    ['another order', [excluded(), permitted()]],
    ['something behind', [permitted(), hex('05 00')]],
    ['a subtree that is none', [permitted(hex('05 00'))]],
    ['something behind the bounds', [excluded(subtree(directory('a'), hex('05 00')))]],
    ['a directory name that is none', [permitted(subtree(tlv(0xa4, hex('05 00'))))]],
  ])('are refused with %s', (_, parts) => {
    expect(() => of(...parts)).toThrow(misplaced);
  });

  const none = { permitted: [], excluded: [], hasOthers: false };
  it.each<[name: string, limits: object, isWithin: boolean]>([
    ['a', {}, true],
    ['a', { hasOthers: true }, false],
    ['a', { permitted: ['a'] }, true],
    ['a,b', { permitted: ['a'] }, true],
    ['ab', { permitted: ['a'] }, false],
    ['b,a', { permitted: ['a'] }, false],
    ['', { permitted: ['a'] }, false],
    ['a', { permitted: [''] }, true],
    ['b', { permitted: ['a', 'b'] }, true],
    ['c', { permitted: ['a', 'b'] }, false],
    ['a', { excluded: ['a'] }, false],
    ['a,b', { excluded: ['a'] }, false],
    ['b', { excluded: ['a'] }, true],
    ['b', { excluded: ['a', 'b'] }, false],
    ['a', { excluded: [''] }, false],
    ['a,b', { permitted: ['a'], excluded: ['a,b'] }, false],
    ['a,c', { permitted: ['a'], excluded: ['a,b'] }, true],
  ])('hold the name "%s" against %j', (canonical, limits, isWithin) => {
    expect(isWithinLimits(canonical, { ...none, ...limits })).toBe(isWithin);
  });
});
