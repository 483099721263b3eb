import { readElement } from '../../../src/x509/element';
import { isWithinLimits, readNameConstraints } from '../../../src/x509/name-constraints';
import { tlv } from '../../support/ber';
import { malformed } from '../../support/malformed';
import { hex, nameOf } from '../../support/x509-bytes';

const der = (bytes: Buffer) => readElement(bytes, 'DER');
const misplaced = malformed(/missing, or is where none may/);

const directory = (text: string) => tlv(0xa4, nameOf(text));
const dns = tlv(0x82, Buffer.from('a.example'));

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
      permitted: ['2.5.4.3="a"', '2.5.4.3="b"'],
      excluded: ['2.5.4.3="c"'],
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
      permitted: ['2.5.4.3="a"'],
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
