import { asn1 } from 'node-forge';
import { oid, sequence, set, toDer } from '../../../src/x509/der-writer';
import { readElement } from '../../../src/x509/element';
import { buildName, commonNames, displayName, displaySafe, readName } from '../../../src/x509/name';
import { refusal } from '../../support/refusal';

/** The DER of a name whose one attribute has a value of this tag and these bytes. */
function nameWith(tag: number, bytes: Buffer): Buffer {
  const placeholder = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.UTF8, false, bytes.toString('latin1'));
  const der = toDer(sequence(set(sequence(oid('2.5.4.3'), placeholder))));
  der[der.length - bytes.length - 2] = tag;
  return der;
}

const read = (der: Buffer) => readName(readElement(der, 'DER'));

const tags = {
  utf8: 0x0c,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
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
    ['broken UTF-8', tags.utf8, Buffer.of(0x61, 0xff)],
    ['an overlong UTF-8 character', tags.utf8, Buffer.of(0xc1, 0x81)],
    ['half a BMP character', tags.bmp, Buffer.of(0x00, 0x61, 0x00)],
    ['a lonely surrogate', tags.bmp, Buffer.of(0xd8, 0x00)],
    ['too large a character', tags.universal, Buffer.of(0, 0x11, 0, 0)],
    ['PrintableString beyond ASCII', tags.printable, Buffer.of(0xe4)],
    ['IA5String beyond ASCII', tags.ia5, Buffer.of(0xe4)],
    ['TeletexString beyond ASCII', tags.teletex, Buffer.of(0xe4)],
    ['bytes', tags.octets, Buffer.from('a')],
  ])('has no text for %s', (_, tag, bytes) => {
    expect(commonNames(read(nameWith(tag, bytes)))).toEqual([null]);
  });

  it('is shown without what could pretend to be more names or lines', () => {
    const name = read(toDer(buildName('a, O=b+c\n\u202Ed')));
    expect(displayName(name)).toBe('CN=a\\, O\\=b\\+c\\u{a}\\u{202e}d');
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
    expect(displaySafe('a\0b\u202ec\nd\u200be\u2028f')).toBe('a\\u{0}b\\u{202e}c\\u{a}d\\u{200b}e\\u{2028}f');
    expect(displaySafe('Größe 1 <b>')).toBe('Größe 1 <b>');
  });
});
