import { parseRaucVersion } from '../../../src/rauc/version';

describe('parseRaucVersion', () => {
  it.each([
    ['1', [1n, 0n, 0n], null, null],
    ['1.2', [1n, 2n, 0n], null, null],
    ['01.002.3', [1n, 2n, 3n], null, null],
    ['1.2.3-rc.1', [1n, 2n, 3n], 'rc.1', null],
    ['1.2.3+2026-11-01', [1n, 2n, 3n], null, '2026-11-01'],
    ['2.0-beta+build.7', [2n, 0n, 0n], 'beta', 'build.7'],
    ['18446744073709551615', [2n ** 64n - 1n, 0n, 0n], null, null],
  ])('reads %s', (text, numbers, preRelease, build) => {
    expect(parseRaucVersion(text)).toEqual({ numbers, preRelease, build });
  });

  it.each([
    '',
    'v1.2',
    '1.2.3.4',
    '1.2.3-rc-1',
    '1.0-5-gabc',
    '1.0 ',
    ' 1.0',
    '1..2',
    '1.0-',
    '1.0+',
    '1.0+a+b',
    '18446744073709551616',
    '١.0',
    '2026-11-01',
    'latest',
  ])('refuses %j', (text) => {
    expect(parseRaucVersion(text)).toBeNull();
  });
});
