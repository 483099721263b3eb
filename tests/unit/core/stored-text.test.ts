import { canBeStored, findUnstorable } from '../../../src/core/stored-text';

describe('a text that can be stored', () => {
  it.each(['', 'plain', 'two\nlines\t', 'Größe', '\u{1f600}', '\ufffd', '\u0001'])('may be %j', (text) => {
    expect(canBeStored(text)).toBe(true);
  });

  it.each(['\0', 'a\0b', '\ud83d', '\ude00', 'x\ud83d\ud83d\ude00', '\ude00\ud83d'])('is not %j', (text) => {
    expect(canBeStored(text)).toBe(false);
  });

  it('is looked for in everything that was parsed, keys too', () => {
    expect(findUnstorable({ a: ['x', { b: '\0' }], c: 1, d: null, e: new Date(), f: true })).toEqual([
      ['a', '1', 'b'],
    ]);
    expect(findUnstorable({ '\0': 'x' })).toEqual([[]]);
    expect(findUnstorable({ a: 'x', b: ['y'] })).toEqual([]);
  });
});
