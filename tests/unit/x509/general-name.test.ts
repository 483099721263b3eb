import { toDer } from '../../../src/x509/der-writer';
import { readElement } from '../../../src/x509/element';
import {
  type AlternativeName,
  buildAlternativeName,
  canonicalIp,
  directoryNameOf,
  readAlternativeNames,
} from '../../../src/x509/general-name';
import { tlv } from '../../support/ber';
import { malformed } from '../../support/malformed';
import { refusal } from '../../support/refusal';
import { hex } from '../../support/x509-bytes';

const read = (...names: readonly Buffer[]) =>
  readAlternativeNames(readElement(tlv(0x30, Buffer.concat(names)), 'DER'));

describe('a general name', () => {
  it.each<[name: AlternativeName, der: Buffer]>([
    [{ kind: 'dns', value: 'a.example' }, tlv(0x82, Buffer.from('a.example'))],
    [{ kind: 'uri', value: 'urn:a:b' }, tlv(0x86, Buffer.from('urn:a:b'))],
    [{ kind: 'ip', value: '192.0.2.255' }, hex('87 04 c0 00 02 ff')],
    [{ kind: 'ip', value: '::1' }, hex('87 10 00000000 00000000 00000000 00000001')],
    [{ kind: 'ip', value: '::' }, hex('87 10 00000000 00000000 00000000 00000000')],
    [{ kind: 'ip', value: '1::' }, hex('87 10 00010000 00000000 00000000 00000000')],
    [{ kind: 'ip', value: '2001:db8::7:0:102' }, hex('87 10 20010db8 00000000 00000007 00000102')],
    [{ kind: 'ip', value: '1:2:3:4:5:6:7:8' }, hex('87 10 00010002 00030004 00050006 00070008')],
  ])('is written and read: %j', (name, der) => {
    expect(toDer(buildAlternativeName(name))).toEqual(der);
    expect(read(der)).toEqual([name]);
  });

  it('is left out when it is of a kind that nobody here uses', () => {
    const host = tlv(0x82, Buffer.from('a'));
    expect(read(tlv(0x81, Buffer.from('a@b')), host, tlv(0xa4, hex('30 00')), tlv(0x88, hex('2a')))).toEqual([
      { kind: 'dns', value: 'a' },
    ]);
    expect(read()).toEqual([]);
  });

  it.each([
    ['a host with a blank character', tlv(0x82, hex('61 1f'))],
    ['a host beyond ASCII', tlv(0x82, hex('61 7f'))],
    ['a URI with a line in it', tlv(0x86, hex('61 0a'))],
    ['an address of three octets', hex('87 03 01 02 03')],
    ['an address with a mask', hex('87 08 c0 00 02 00 ff ff ff 00')],
    ['an address of seventeen octets', tlv(0x87, Buffer.alloc(17))],
    ['no address', hex('87 00')],
  ])('is refused where others could read another one: %s', (_, der) => {
    expect(() => read(der)).toThrow(malformed(/subjectAltName cannot be read/));
  });

  it('may have any printable character of ASCII', () => {
    expect(read(tlv(0x86, hex('20 7e')))).toEqual([{ kind: 'uri', value: ' ~' }]);
  });

  it('is refused where there is no list of them', () => {
    expect(() => readAlternativeNames(readElement(hex('31 00'), 'DER'))).toThrow(malformed(/missing/));
  });

  it('cannot be written of what is not an address', () => {
    for (const value of ['', 'a', '1.2.3', 'fe80::1%eth0'])
      expect(() => buildAlternativeName({ kind: 'ip', value })).toThrow(refusal('invalid-input'));
  });

  it('holds a directory name behind an explicit tag', () => {
    expect(directoryNameOf(readElement(hex('a4 02 30 00'), 'DER'))?.raw).toEqual(hex('30 00'));
    expect(directoryNameOf(readElement(hex('84 02 30 00'), 'DER'))).toBeUndefined();
    expect(directoryNameOf(readElement(hex('a5 02 30 00'), 'DER'))).toBeUndefined();
  });
});

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['[192.0.2.7]', '192.0.2.7'],
  ['2001:DB8:0:0:0:0:0:7', '2001:db8::7'],
  ['[::1]', '::1'],
  ['::ffff:1.2.3.4', '::ffff:102:304'],
  ['fe80::1%eth0', undefined],
  ['[::1', undefined],
  ['x[::1]', undefined],
  ['[::1]x', undefined],
  ['1[::2]', undefined],
  ['[::1]2', undefined],
  ['192.0.2.07', undefined],
  ['a.example', undefined],
  ['', undefined],
])('an address has one spelling: %s', (text, canonical) => {
  expect(canonicalIp(text)).toBe(canonical);
});
