import { readElement } from '../../../src/x509/element';
import { toDer } from '../../../src/x509/der-writer';
import { buildName, commonNames, displayName, displaySafe, readName } from '../../../src/x509/name';
import { tlv } from '../../support/ber';
import { refusal } from '../../support/refusal';

const read = (der: Buffer) => readName(readElement(der, 'DER'));

/** The DER of a name whose one attribute has a value of this tag and these bytes. */
function nameWith(tag: number, bytes: Buffer, type = '550403'): Buffer {
  const attribute = Buffer.concat([tlv(0x06, Buffer.from(type, 'hex')), tlv(tag, bytes)]);
  return tlv(0x30, tlv(0x31, tlv(0x30, attribute)));
}

const tags = {
  utf8: 0x0c,
  numeric: 0x12,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  visible: 0x1a,
  universal: 0x1c,
  bmp: 0x1e,
  octets: 0x04,
};

describe('a distinguished name', () => {
  it.each([
    ['UTF-8', tags.utf8, Buffer.from('ä')],
    ['BMP', tags.bmp, Buffer.of(0x00, 0xe4)],
    ['Universal', tags.universal, Buffer.of(0, 0, 0x00, 0xe4)],
  ])('is read as %s text', (_, tag, bytes) => {
    expect(commonNames(read(nameWith(tag, bytes)))).toEqual(['ä']);
  });

  it.each([
    ['Numeric', tags.numeric, '1 2'],
    ['Printable', tags.printable, 'a~'],
    ['Teletex', tags.teletex, 'a\x7f'],
    ['IA5', tags.ia5, 'a@b'],
    ['Visible', tags.visible, 'a b'],
  ])('is read as ASCII where it is %s text', (_, tag, text) => {
    expect(commonNames(read(nameWith(tag, Buffer.from(text))))).toEqual([text]);
  });

  it.each([
    ['a byte order mark of UTF-8', tags.utf8, Buffer.of(0xef, 0xbb, 0xbf, 0x61), '\ufeffa'],
    ['a byte order mark of UTF-16', tags.bmp, Buffer.of(0xfe, 0xff, 0, 0x61), '\ufeffa'],
    ['a character beyond 16 bits', tags.universal, Buffer.of(0, 1, 0xf6, 0), '\u{1f600}'],
    ['the last character', tags.universal, Buffer.of(0, 0x10, 0xff, 0xff), '\u{10ffff}'],
    [
      'the characters around surrogates',
      tags.universal,
      Buffer.of(0, 0, 0xd7, 0xff, 0, 0, 0xe0, 0),
      '\ud7ff\ue000',
    ],
    ['nothing', tags.universal, Buffer.alloc(0), ''],
  ])('keeps %s', (_, tag, bytes, text) => {
    expect(commonNames(read(nameWith(tag, bytes)))).toEqual([text]);
  });

  it.each([
    ['broken UTF-8', tags.utf8, Buffer.of(0x61, 0xff)],
    ['an overlong UTF-8 character', tags.utf8, Buffer.of(0xc1, 0x81)],
    ['half a BMP character', tags.bmp, Buffer.of(0x00, 0x61, 0x00)],
    ['a lonely surrogate', tags.bmp, Buffer.of(0xd8, 0x00)],
    ['too large a character', tags.universal, Buffer.of(0, 0x11, 0, 0)],
    ['half a Universal character', tags.universal, Buffer.of(0, 0, 0, 0x61, 0)],
    ['the first surrogate', tags.universal, Buffer.of(0, 0, 0xd8, 0)],
    ['the last surrogate', tags.universal, Buffer.of(0, 0, 0xdf, 0xff)],
    ['NumericString beyond ASCII', tags.numeric, Buffer.of(0x80)],
    ['PrintableString beyond ASCII', tags.printable, Buffer.of(0xe4)],
    ['IA5String beyond ASCII', tags.ia5, Buffer.of(0xe4)],
    ['VisibleString beyond ASCII', tags.visible, Buffer.of(0x80)],
    ['TeletexString beyond ASCII', tags.teletex, Buffer.of(0xe4)],
    ['bytes', tags.octets, Buffer.from('a')],
  ])('has no text for %s', (_, tag, bytes) => {
    expect(commonNames(read(nameWith(tag, bytes)))).toEqual([null]);
  });

  it('has each attribute of each RDN, in order', () => {
    const attribute = (type: string, text: string) =>
      tlv(0x30, Buffer.concat([tlv(0x06, Buffer.from(type, 'hex')), tlv(0x0c, Buffer.from(text))]));
    const pair = tlv(0x31, Buffer.concat([attribute('550403', 'a'), attribute('55040a', 'b')]));
    const name = read(tlv(0x30, Buffer.concat([pair, tlv(0x31, attribute('550403', 'c'))])));
    expect(name).toEqual([
      { type: '2.5.4.3', value: 'a' },
      { type: '2.5.4.10', value: 'b' },
      { type: '2.5.4.3', value: 'c' },
    ]);
    expect(commonNames(name)).toEqual(['a', 'c']);
    expect(displayName(name)).toBe('CN=a, O=b, CN=c');
  });

  it('is shown without what could pretend to be more names or lines', () => {
    const name = read(toDer(buildName('a, O=b+c\\\n\u202Ed')));
    expect(displayName(name)).toBe('CN=a\\, O\\=b\\+c\\\\\\u{a}\\u{202e}d');
  });

  it.each([
    ['550403', 'CN'],
    ['550405', 'serialNumber'],
    ['550406', 'C'],
    ['550407', 'L'],
    ['550408', 'ST'],
    ['55040a', 'O'],
    ['55040b', 'OU'],
    ['2a864886f70d010901', 'emailAddress'],
    ['0992268993f22c640119', 'DC'],
    ['55042a', '2.5.4.42'],
  ])('is shown with the short name of its type %s: %s', (type, short) => {
    expect(displayName(read(nameWith(tags.utf8, Buffer.from('x'), type)))).toBe(`${short}=x`);
  });

  it('is shown with a question mark for what is not text', () => {
    expect(displayName(read(nameWith(tags.octets, Buffer.from('x'))))).toBe('CN=?');
    expect(displayName([])).toBe('');
  });

  it.each(['', '3000ff', '30', '3003020101', '310030', '30050101ff', '30840000000100', '3080'])(
    'is refused as %s',
    (hex) => {
      expect(() => read(Buffer.from(hex, 'hex'))).toThrow(refusal('invalid-input'));
    },
  );
});

describe('displaySafe', () => {
  it('escapes what could deceive a reader (H19)', () => {
    expect(displaySafe('a\0b\u202ec\nd\u200be\u2028f\u2029')).toBe(
      'a\\u{0}b\\u{202e}c\\u{a}d\\u{200b}e\\u{2028}f\\u{2029}',
    );
    expect(displaySafe('Größe 1 <b>')).toBe('Größe 1 <b>');
  });
});
