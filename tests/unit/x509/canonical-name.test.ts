import { canonicalName } from '../../../src/x509/canonical-name';
import { readElement } from '../../../src/x509/element';
import { tlv } from '../../support/ber';
import { malformed } from '../../support/malformed';

const organization = Buffer.from('060355040a', 'hex');
const commonName = Buffer.from('0603550403', 'hex');
const utf8 = (text: string) => tlv(0x0c, Buffer.from(text));
const attribute = (type: Buffer, value: Buffer) => tlv(0x30, Buffer.concat([type, value]));
/** A Name of RDNs, each of some attributes. */
const name = (...rdns: readonly (readonly Buffer[])[]) =>
  readElement(tlv(0x30, Buffer.concat(rdns.map((rdn) => tlv(0x31, Buffer.concat(rdn))))), 'BER');
const of = (value: Buffer) => canonicalName(name([attribute(commonName, value)]));

function asUtf32(text: Buffer, octet: number): Buffer {
  return Buffer.concat([text, Buffer.of(0, 0, 0, octet)]);
}

describe('a canonical name', () => {
  it.each<[what: string, value: Buffer]>([
    ['as PrintableString', tlv(0x13, Buffer.from('Acme Root'))],
    ['as TeletexString', tlv(0x14, Buffer.from('Acme Root'))],
    ['as IA5String', tlv(0x16, Buffer.from('Acme Root'))],
    ['as VisibleString', tlv(0x1a, Buffer.from('Acme Root'))],
    ['as BMPString', tlv(0x1e, Buffer.from('Acme Root', 'utf16le').swap16())],
    ['as UniversalString', tlv(0x1c, Buffer.from('Acme Root', 'latin1').reduce(asUtf32, Buffer.alloc(0)))],
    ['in capitals', utf8('ACME ROOT')],
    ['with more blanks', utf8(' \t\n\v\f\rAcme \t\n\v\f\r Root  ')],
  ])('is the same %s', (_, value) => {
    expect(of(value)).toBe(of(utf8('Acme Root')));
  });

  it.each<[what: string, value: Buffer]>([
    ['a letter', utf8('Acme Roots')],
    ['no blank', utf8('AcmeRoot')],
    ['a no-break space, which is not a blank for OpenSSL', utf8('Acme\u00a0Root')],
    ['NumericString, which OpenSSL compares as it stands', tlv(0x12, Buffer.from('Acme Root'))],
    ['octets', tlv(0x04, Buffer.from('Acme Root'))],
  ])('is another one with %s', (_, value) => {
    expect(of(value)).not.toBe(of(utf8('Acme Root')));
  });

  it('knows large and small letters in ASCII alone, as OpenSSL does', () => {
    expect(of(utf8('Ä'))).not.toBe(of(utf8('ä')));
    expect(of(utf8('AZ'))).toBe(of(utf8('az')));
    expect(of(utf8('@['))).not.toBe(of(utf8('`{')));
  });

  it('reads strings of octets as Latin-1, as OpenSSL does', () => {
    for (const tag of [0x13, 0x14, 0x16, 0x1a]) expect(of(tlv(tag, Buffer.of(0xe4)))).toBe(of(utf8('ä')));
  });

  it('takes what is not in the encoding that it claims as it stands', () => {
    expect(of(tlv(0x0c, Buffer.of(0xff)))).not.toBe(of(tlv(0x0c, Buffer.of(0xfe))));
    expect(of(tlv(0x1e, Buffer.of(0x61)))).toBe(`2.5.4.3=1e0161`);
    expect(of(tlv(0x12, Buffer.from('A')))).toBe('2.5.4.3=120141');
  });

  it('keeps the order of RDNs, and none among the attributes of one', () => {
    const [o, cn] = [attribute(organization, utf8('a')), attribute(commonName, utf8('b'))];
    expect(canonicalName(name([o], [cn]))).toBe('2.5.4.10="a",2.5.4.3="b"');
    expect(canonicalName(name([cn], [o]))).toBe('2.5.4.3="b",2.5.4.10="a"');
    expect(canonicalName(name([cn, o]))).toBe('2.5.4.10="a"+2.5.4.3="b"');
    expect(canonicalName(name([o, cn]))).toBe(canonicalName(name([cn, o])));
    expect(canonicalName(name())).toBe('');
  });

  it('lets no value pass for structure', () => {
    const one = canonicalName(name([attribute(organization, utf8('a",2.5.4.3="b'))]));
    const two = canonicalName(name([attribute(organization, utf8('a'))], [attribute(commonName, utf8('b'))]));
    expect(one).not.toBe(two);
  });

  it.each<[what: string, bytes: Buffer]>([
    ['a SET', tlv(0x31, Buffer.alloc(0))],
    ['an RDN that is not a SET', tlv(0x30, tlv(0x30, Buffer.alloc(0)))],
    ['an attribute that is not a SEQUENCE', tlv(0x30, tlv(0x31, tlv(0x31, commonName)))],
    ['an attribute without value', tlv(0x30, tlv(0x31, tlv(0x30, commonName)))],
    [
      'an attribute of two values',
      tlv(0x30, tlv(0x31, attribute(commonName, Buffer.concat([utf8('a'), utf8('b')])))),
    ],
    ['an attribute without type', tlv(0x30, tlv(0x31, tlv(0x30, utf8('a'))))],
  ])('is refused for %s', (_, bytes) => {
    expect(() => canonicalName(readElement(bytes, 'DER'))).toThrow(malformed(/missing, or is where/));
  });
});
