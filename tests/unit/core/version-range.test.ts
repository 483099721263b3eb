import { isInRange, parseVersionRange } from '../../../src/core/version-range';
import { refusal } from '../../support/refusal';

describe('a range of versions', () => {
  it.each([
    ['>=10.4 <12', ['10.4', '10.4.0', '11.99', '12.0-rc.1'], ['10.3.9', '10.4-rc.1', '12', '12.0.0', '13']],
    ['>10', ['10.0.1', '11'], ['10', '10.0.0+b', '9']],
    ['<=2.0', ['2', '1', '2.0.0-rc.1', '2+build'], ['2.0.1']],
    ['=1.2', ['1.2', '1.2.0', '1.2.0+x'], ['1.2.1', '1.2-rc']],
    ['>9 <9', [], ['9', '8', '10']],
  ])('%s', (text, inside, outside) => {
    const range = parseVersionRange(text);
    expect(inside.filter((version) => !isInRange(version, range))).toEqual([]);
    expect(outside.filter((version) => isInRange(version, range))).toEqual([]);
  });

  it('has no version that is unknown, or that RAUC could not compare', () => {
    const range = parseVersionRange('>=0');
    for (const version of [null, '', 'v1.2', '1.2.3-rc-1', 'latest', '1.0 '])
      expect(isInRange(version, range)).toBe(false);
  });

  it('is kept as it was written, with one blank between its bounds', () => {
    expect(parseVersionRange('  >= 10.4   <12 ').text).toBe('>=10.4 <12');
    expect(parseVersionRange(parseVersionRange('>=1 <2').text)).toEqual(parseVersionRange('>=1 <2'));
  });

  it.each([
    '',
    ' ',
    '10.4',
    '>=',
    '>=v1',
    '~1.2',
    '^1',
    '>=1,<2',
    '>=1 || <3',
    '==1',
    '>=1.2.3-rc-1',
    '<>1',
    '>=1-rc<2',
    '>=1-rc=2',
  ])('refuses %j', (text) => {
    expect(() => parseVersionRange(text)).toThrow(refusal('invalid-input'));
  });

  it('refuses one that is too long', () => {
    const long = Array.from({ length: 11 }, () => '>=1').join(' ');
    for (const text of [long, `>=${'1'.repeat(200)}`, `>=1${' '.repeat(200)}`])
      expect(() => parseVersionRange(text)).toThrow(refusal('invalid-input'));
  });
});
