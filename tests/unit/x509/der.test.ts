import { areSortedDer, encodeDer, isReadable } from '../../../src/x509/der';
import {
  bits,
  boolean,
  embed,
  integer,
  nullValue,
  octets,
  oid,
  sequence,
  set,
  tagged,
  taggedBytes,
  time,
  toDer,
  utf8,
} from '../../../src/x509/der-writer';
import { readElement, readElements } from '../../../src/x509/element';
import { hex } from '../../support/x509-bytes';

const ber = (text: string) => readElement(hex(text), 'BER');
const isDer = (text: string) => areSortedDer([ber(text)]);

/** Primitive elements that have the one content that DER allows for a value, and others. */
const primitives: readonly (readonly [what: string, bytes: string, isSound: boolean])[] = [
  ['false', '01 01 00', true],
  ['true', '01 01 ff', true],
  ['another true', '01 01 01', false],
  ['a truth value of two octets', '01 02 00 00', false],
  ['no truth value', '01 00', false],
  ['a number', '02 01 00', true],
  ['a number that is negative', '02 01 ff', true],
  ['a number with a zero that it needs', '02 02 00 80', true],
  ['a number with a zero that it does not need', '02 02 00 7f', false],
  ['a negative number with ones that it needs', '02 02 ff 7f', true],
  ['a negative number with ones that it does not need', '02 02 ff 80', false],
  ['a number of two octets', '02 02 01 80', true],
  ['a number that ends in ones', '02 02 01 ff', true],
  ['no number', '02 00', false],
  ['an enumerated value', '0a 01 05', true],
  ['an enumerated value with a zero in front', '0a 02 00 05', false],
  ['bits', '03 02 00 ff', true],
  ['no bits', '03 01 00', true],
  ['no bits, of which one is not used', '03 01 01', false],
  ['seven bits', '03 02 01 fe', true],
  ['seven bits and something behind them', '03 02 01 ff', false],
  ['one bit', '03 02 07 80', true],
  ['one bit and something behind it', '03 02 07 c0', false],
  ['eight bits that are not used', '03 02 08 00', false],
  ['bits without a count', '03 00', false],
  ['octets', '04 01 aa', true],
  ['nothing', '05 00', true],
  ['nothing, with something in it', '05 01 00', false],
  ['an object identifier', '06 03 2a 86 48', true],
  ['an object identifier that ends early', '06 02 2a 86', false],
  ['an object identifier with zeros in front', '06 03 2a 80 01', false],
  ['an object identifier with zeros in front of all', '06 02 80 01', false],
  ['an object identifier with zeros within a number', '06 04 2a 81 80 01', true],
  ['no object identifier', '06 00', false],
  ['text of two octets a character', '1e 02 00 61', true],
  ['text of half a character', '1e 01 61', false],
  ['text of four octets a character', '1c 04 00 00 00 61', true],
  ['text of three quarters of a character', '1c 03 00 00 61', false],
  ['a SEQUENCE that is primitive', '10 00', false],
  ['a SET that is primitive', '11 00', false],
  ['something in the place of another', '80 01 05', true],
  ['a tag of several octets', '1f 21 00', false],
  ['an end where nothing began', '00 00', false],
];

describe('DER', () => {
  it.each(primitives)('has one content for a value: %s', (_, bytes, isSound) => {
    expect(isDer(bytes)).toBe(isSound);
    const inside = hex(bytes);
    expect(isDer(encodeDer(0x30, inside).toString('hex'))).toBe(isSound);
    expect(isDer(encodeDer(0x31, inside).toString('hex'))).toBe(isSound);
    expect(isDer(encodeDer(0xa0, inside).toString('hex'))).toBe(isSound);
  });

  it.each([
    ['a long length', '04 81 01 aa', false],
    ['a long length further in', '30 04 04 81 01 aa', false],
    ['a long length in a SET', '31 04 04 81 01 aa', false],
    ['a SEQUENCE without length', '30 80 05 00 00 00', false],
    ['a string in pieces', '24 03 04 01 aa', false],
    ['a SEQUENCE in any order', '30 06 02 01 02 02 01 01', true],
    ['a SET in order', '31 06 02 01 01 02 01 02', true],
    ['a SET with the same twice', '31 06 02 01 01 02 01 01', true],
    ['a SET out of order', '31 06 02 01 02 02 01 01', false],
    ['a SET out of order further in', '30 08 31 06 02 01 02 02 01 01', false],
    ['an empty SEQUENCE', '30 00', true],
  ])('has one form: %s', (_, bytes, expected) => {
    expect(isDer(bytes)).toBe(expected);
  });

  it('sorts the members of a set', () => {
    const members = (text: string) => readElements(hex(text), 'BER');
    expect(areSortedDer([])).toBe(true);
    expect(areSortedDer(members('02 01 01 02 01 02 04 00'))).toBe(true);
    expect(areSortedDer(members('04 00 02 01 01'))).toBe(false);
    expect(areSortedDer(members('02 01 01 02 81 01 02'))).toBe(false);
  });

  it.each([
    [0, '04 00'],
    [1, '04 01'],
    [127, '04 7f'],
    [128, '04 81 80'],
    [255, '04 81 ff'],
    [256, '04 82 01 00'],
    [65_536, '04 83 01 00 00'],
  ])('is written with the shortest length: %d', (length, header) => {
    const encoded = encodeDer(0x04, Buffer.alloc(length));
    expect(encoded.subarray(0, encoded.length - length)).toEqual(hex(header));
    expect(encoded).toHaveLength(hex(header).length + length);
  });

  it('is written around all that it is given', () => {
    expect(encodeDer(0x30, hex('05 00'), hex('02 01 01'))).toEqual(hex('30 05 05 00 02 01 01'));
    expect(encodeDer(0x30)).toEqual(hex('30 00'));
  });
});

describe('what OpenSSL can read', () => {
  it.each(primitives)('has one content for a value: %s', (_, bytes, isSound) => {
    expect(isReadable(ber(bytes))).toBe(isSound);
    expect(isReadable(ber(encodeDer(0x30, hex('05 00'), hex(bytes)).toString('hex')))).toBe(isSound);
  });

  it('may have any length and order', () => {
    for (const bytes of ['04 81 01 aa', '30 80 05 00 00 00', '31 06 02 01 02 02 01 01', '24 03 04 01 aa'])
      expect(isReadable(ber(bytes))).toBe(true);
    expect(isReadable(ber('3f 21 00'))).toBe(false);
    expect(isReadable(ber('30 03 3f 21 00'))).toBe(false);
  });
});

describe('the writer', () => {
  it.each([
    ['a SEQUENCE', sequence(nullValue(), boolean(true)), '30 05 05 00 01 01 ff'],
    ['a SET', set(boolean(false)), '31 03 01 01 00'],
    ['an object identifier', oid('1.2.840.113549.1.1.11'), '06 09 2a 86 48 86 f7 0d 01 01 0b'],
    ['text', utf8('ä'), '0c 02 c3 a4'],
    ['octets', octets(hex('00 ff')), '04 02 00 ff'],
    ['bits', bits(hex('aa')), '03 02 00 aa'],
    ['bits that are not whole octets', bits(hex('80'), 7), '03 02 07 80'],
    ['zero', integer(Buffer.of(0)), '02 01 00'],
    ['zero in two octets', integer(Buffer.of(0, 0)), '02 01 00'],
    ['a number with zeros in front', integer(Buffer.of(0, 0, 5)), '02 01 05'],
    ['a number that begins with a one', integer(Buffer.of(0x80)), '02 02 00 80'],
    ['a number that does not', integer(Buffer.of(0x7f, 0xff)), '02 02 7f ff'],
    ['a tag around others', tagged(3, nullValue(), nullValue()), 'a3 04 05 00 05 00'],
    ['a tag in the place of another', taggedBytes(6, Buffer.from('a')), '86 01 61'],
    ['a tag 0', taggedBytes(0, hex('aa')), '80 01 aa'],
    ['a tag 1', tagged(1, nullValue()), 'a1 02 05 00'],
    ['a tag 2', taggedBytes(2, hex('aa')), '82 01 aa'],
    ['a tag 7', taggedBytes(7, hex('aa')), '87 01 aa'],
  ])('makes %s', (_, structure, bytes) => {
    expect(toDer(structure)).toEqual(hex(bytes));
  });

  it('writes times up to 2049 with two digits of the year', () => {
    const text = (at: string) => toDer(time(new Date(at))).toString('latin1');
    expect(text('2049-12-31T23:59:59Z')).toBe('\x17\x0d491231235959Z');
    expect(text('2050-01-01T00:00:00Z')).toBe('\x18\x0f20500101000000Z');
    expect(text('1970-01-01T00:00:00Z')).toBe('\x17\x0d700101000000Z');
  });

  it('takes over an element as it is, or not at all', () => {
    const der = hex('30 06 02 01 05 04 01 ff');
    expect(toDer(embed(der))).toEqual(der);
    expect(() => embed(hex('30 04 04 81 01 aa'))).toThrow(/would change when it is copied/);
  });
});
