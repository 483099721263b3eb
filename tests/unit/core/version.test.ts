import fc from 'fast-check';
import { compareVersions, parseRaucVersion, type RaucVersion } from '../../../src/core/version';

describe('parseRaucVersion', () => {
  it.each([
    ['1', [1n, 0n, 0n], null, null],
    ['1.2', [1n, 2n, 0n], null, null],
    ['01.002.3', [1n, 2n, 3n], null, null],
    ['1.2.3-rc.1', [1n, 2n, 3n], 'rc.1', null],
    ['1.2.3+2026-11-01', [1n, 2n, 3n], null, '2026-11-01'],
    ['2.0-beta+build.7', [2n, 0n, 0n], 'beta', 'build.7'],
    ['1.0-', [1n, 0n, 0n], '', null],
    ['1.0+', [1n, 0n, 0n], null, ''],
    ['1.14-rc_1', [1n, 14n, 0n], 'rc_1', null],
    ['1.14+a_b-c', [1n, 14n, 0n], null, 'a_b-c'],
    ['000000000000000000000000000001', [1n, 0n, 0n], null, null],
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
    '1.0+a+b',
    '18446744073709551616',
    '١.0',
    '2026-11-01',
    'latest',
  ])('refuses %j', (text) => {
    expect(parseRaucVersion(text)).toBeNull();
  });
});

function read(text: string): RaucVersion {
  const version = parseRaucVersion(text);
  if (version === null) throw new Error(`${text} is not a version`);
  return version;
}

describe('compareVersions', () => {
  it.each([
    ['9', '10'],
    ['1.9', '1.10'],
    ['1.2', '1.2.1'],
    ['1.0.0-rc.1', '1.0.0'],
    ['1.0.0-', '1.0.0-1'],
    ['1.0.0-1', '1.0.0-alpha'],
    ['1.0.0-2', '1.0.0-10'],
    ['1.0.0-alpha', '1.0.0-alpha.1'],
    ['1.0.0-alpha.1', '1.0.0-alpha.beta'],
    ['1.0.0-alpha.beta', '1.0.0-beta'],
    ['1.0.0-Beta', '1.0.0-alpha'],
    ['1.0.0-18446744073709551615', '1.0.0-18446744073709551616'],
    ['18446744073709551614', '18446744073709551615'],
  ])('puts %s before %s', (older, newer) => {
    expect(compareVersions(read(older), read(newer))).toBeLessThan(0);
    expect(compareVersions(read(newer), read(older))).toBeGreaterThan(0);
  });

  it.each([
    ['1', '1.0.0'],
    ['01.2', '1.2'],
    ['1.2.3+a', '1.2.3+b'],
    ['1.2.3', '1.2.3+b'],
    ['1.0-01', '1.0-1'],
  ])('takes %s and %s for equally new', (a, b) => {
    expect(compareVersions(read(a), read(b))).toBe(0);
    expect(compareVersions(read(b), read(a))).toBe(0);
  });

  it('is an order', () => {
    const field = fc.constantFrom('0', '1', '01', '10', 'a', 'b', 'rc', '18446744073709551616');
    const version = fc
      .record({
        numbers: fc.array(fc.constantFrom('0', '1', '2', '10'), { minLength: 1, maxLength: 3 }),
        preRelease: fc.option(fc.array(field, { maxLength: 3 })),
      })
      .map(({ numbers, preRelease }) =>
        read(numbers.join('.') + (preRelease === null ? '' : `-${preRelease.join('.')}`)),
      );
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 2_000 },
    );
  });
});
