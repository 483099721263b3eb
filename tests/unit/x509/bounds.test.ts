import { type Encoding, extraLengthOctets, measure, readHeader } from '../../../src/x509/bounds';
import { tlv } from '../../support/ber';
import { malformed } from '../../support/malformed';
import { hex } from '../../support/x509-bytes';

const both = ['BER', 'DER'] as const;
const nothing = Buffer.alloc(0);

/** SEQUENCEs in one another; the innermost one is empty. */
const nested = (depth: number, form?: 'indefinite') =>
  Array.from({ length: depth }).reduce<Buffer>((content) => tlv(0x30, content, form), nothing);

describe('the size of an element', () => {
  it.each<[what: string, bytes: string, size: number]>([
    ['without content', '05 00', 2],
    ['with content', '04 02 30 30', 4],
    ['of the longest short length', `04 7f ${'00'.repeat(127)}`, 129],
    ['of the shortest long length', `04 81 80 ${'00'.repeat(128)}`, 131],
    ['of two octets of length', `04 82 01 00 ${'00'.repeat(256)}`, 260],
    ['with elements in it', '30 04 05 00 05 00', 6],
    ['with nothing in it', '30 00', 2],
    ['that looks like more, but is primitive', '04 03 30 05 05', 5],
    ['with something behind it', '05 00 ff ff', 2],
  ])('is found in BER and DER: %s', (_, bytes, size) => {
    for (const encoding of both) expect(measure(hex(bytes), encoding)).toBe(size);
  });

  it.each<[what: string, bytes: string, size: number, inDer: RegExp]>([
    ['a length with zeros in front', '04 82 00 01 aa', 5, /shortest form/],
    ['a long length of 0', '04 81 00', 3, /shortest form/],
    ['a long length of 127', `04 81 7f ${'00'.repeat(127)}`, 130, /shortest form/],
    ['two octets for 255', `04 82 00 ff ${'00'.repeat(255)}`, 259, /shortest form/],
    ['six octets of length', '04 86 00 00 00 00 00 00', 8, /shortest form/],
    ['no length', '30 80 05 00 00 00', 6, /length is impossible/],
    ['no length, and nothing in it', '30 80 00 00', 4, /length is impossible/],
    ['no length in one without length', '30 80 30 80 00 00 00 00', 8, /length is impossible/],
    ['no length, and a zero at the end of what is in it', '30 80 04 01 00 00 00', 7, /length is impossible/],
    ['a tag of two octets', '1f 21 00', 3, /tag of several octets/],
    ['a tag of three octets', 'bf 81 21 02 05 00', 6, /tag of several octets/],
    ['such things further in', '30 04 04 81 01 aa', 6, /shortest form/],
  ])('is found in BER alone: %s', (_, bytes, size, inDer) => {
    expect(measure(hex(bytes), 'BER')).toBe(size);
    expect(() => measure(hex(bytes), 'DER')).toThrow(malformed(inDer));
  });

  it.each<[what: string, bytes: string, reason: RegExp]>([
    ['nothing', '', /cut short/],
    ['a tag alone', '05', /cut short/],
    ['a length cut short', '04 82 01', /cut short/],
    ['content cut short', '04 02 00', /longer than the one that contains it/],
    ['an element longer than what it is in', '30 02 04 01 00', /longer than the one that contains it/],
    ['an element cut short by what it is in', '30 01 05 00', /cut short/],
    ['a length in seven octets', '04 87 00 00 00 00 00 00 00', /length is impossible/],
    ['a length that is reserved', '04 ff', /length is impossible/],
  ])('is refused: %s', (_, bytes, reason) => {
    for (const encoding of both) expect(() => measure(hex(bytes), encoding)).toThrow(malformed(reason));
  });

  it.each<[what: string, bytes: string, reason: RegExp]>([
    ['a primitive element without length', '04 80 00 00', /primitive element has no length/],
    ['no end', '30 80 05 00', /cut short/],
    ['half an end', '30 80 05 00 00', /cut short/],
    ['an end outside of what it is in', '30 04 30 80 05 00 00 00', /cut short/],
    ['a tag without end', '1f 81', /cut short/],
    ['a tag that fills what it is in', '30 02 1f 81 05 00', /cut short/],
  ])('is refused in BER: %s', (_, bytes, reason) => {
    expect(() => measure(hex(bytes), 'BER')).toThrow(malformed(reason));
  });

  it('is not looked for deeper than 32 levels below the first', () => {
    expect(measure(nested(33), 'DER')).toBe(nested(33).length);
    expect(measure(nested(33, 'indefinite'), 'BER')).toBe(nested(33, 'indefinite').length);
    expect(() => measure(nested(34), 'DER')).toThrow(malformed(/too deeply/));
    expect(() => measure(nested(34, 'indefinite'), 'BER')).toThrow(malformed(/too deeply/));
  });

  it('is not looked for among more than 20,000 elements', () => {
    const withMembers = (count: number) => tlv(0x30, Buffer.alloc(2 * count, hex('05 00')));
    expect(measure(withMembers(19_999), 'DER')).toBe(40_002);
    expect(() => measure(withMembers(20_000), 'DER')).toThrow(malformed(/too many/));
  });
});

describe('a header', () => {
  it.each<[bytes: string, encoding: Encoding, header: object]>([
    ['30 03', 'DER', { tag: 0x30, contentStart: 2, length: 3 }],
    ['04 82 01 02', 'DER', { tag: 0x04, contentStart: 4, length: 258 }],
    ['30 80', 'BER', { tag: 0x30, contentStart: 2, length: undefined }],
    ['1f 81 01 05', 'BER', { tag: 0x1f, contentStart: 4, length: 5 }],
  ])('says where content begins and how long it is: %s', (bytes, encoding, header) => {
    expect(readHeader(hex(bytes), 0, hex(bytes).length, encoding)).toEqual(header);
  });

  it('is read where it begins, and not beyond where it must end', () => {
    expect(readHeader(hex('05 00 02 01'), 2, 4, 'DER')).toEqual({ tag: 2, contentStart: 4, length: 1 });
    expect(() => readHeader(hex('05 00 02 01'), 2, 3, 'DER')).toThrow(malformed(/cut short/));
  });
});

it.each([
  [0, 0],
  [127, 0],
  [128, 1],
  [255, 1],
  [256, 2],
  [65_535, 2],
  [65_536, 3],
])('a length of %d takes %d octets beside the first one', (length, octets) => {
  expect(extraLengthOctets(length)).toBe(octets);
});
