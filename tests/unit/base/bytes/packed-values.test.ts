import fc from 'fast-check';
import { ValuePacker } from '../../../../src/base/bytes/pack-values';
import { unpackValues } from '../../../../src/base/bytes/unpack-values';

describe('packed values', () => {
  const packer = new ValuePacker();

  it.each([
    null,
    true,
    false,
    0,
    -0,
    1,
    246,
    247,
    255,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 48 - 1,
    2 ** 48,
    -1,
    0.5,
    NaN,
    Infinity,
    '',
    'Zürich',
    '東京 🚀',
    'half \ud800 of a pair',
    [],
    {},
    [[null, [true]], 'a', { b: ['c', 3] }],
  ])('come back as they were: %j', (value) => {
    expect(unpackValues(packer.pack(value))).toStrictEqual(value);
  });

  it('come back, whatever they are', () => {
    const values = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' });
    fc.assert(
      fc.property(values, (value) => {
        // Types of JSON's values know no read-only arrays.
        expect(unpackValues(packer.pack(value as never))).toStrictEqual(value);
      }),
    );
  });

  it('have a name that objects inherit as their own', () => {
    const value = JSON.parse('{"__proto__": "own", "constructor": 1}') as Record<string, string>;
    const unpacked = unpackValues(packer.pack(value));
    expect(Object.entries(unpacked ?? {})).toEqual([
      ['__proto__', 'own'],
      ['constructor', 1],
    ]);
  });

  it('may be larger than any before them', () => {
    const value = {
      texts: Array.from({ length: 20_000 }, (_, index) => `text ${index}`),
      long: 'ü€'.repeat(70_000),
    };
    expect(unpackValues(packer.pack(value))).toStrictEqual(value);
  });

  it('that end too early are refused', () => {
    const packed = packer.pack([1, 2, 3]);
    expect(() => unpackValues(packed.subarray(0, -1))).toThrow(RangeError);
  });
});
