import { namedImages, notYetChecked } from '../../../src/core/image-check';

describe('images that a manifest does not fit', () => {
  it.each([
    [['a'], 'a'],
    [['a', 'b'], 'a, b'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c, d, e'],
    [['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c, d, e and 1 more'],
  ])('are named, five at the most: %j', (files, words) => {
    expect(namedImages(files)).toBe(words);
  });

  it('are looked for from the start', () => {
    expect(notYetChecked).toEqual({ state: 'being-checked', tries: 0 });
  });
});
