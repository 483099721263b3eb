import { pairedRatios, spreadOf } from '../../../../bench/compare/statistics';

describe('the spread of samples', () => {
  it.each([
    [[7], { min: 7, median: 7, max: 7 }],
    [[10, 9, 100], { min: 9, median: 10, max: 100 }],
    [[4, 1, 3, 2], { min: 1, median: 2.5, max: 4 }],
  ])('of %j is %j', (samples, spread) => {
    expect(spreadOf(samples)).toEqual(spread);
  });

  it('does not exist without samples', () => {
    expect(() => spreadOf([])).toThrow('no samples');
  });
});

describe('paired ratios', () => {
  it('compare what was taken in the same round', () => {
    expect(pairedRatios([10, 20, 30], [5, 10, 15])).toEqual([2, 2, 2]);
  });

  it('need as many samples of both', () => {
    expect(() => pairedRatios([1, 2], [1])).toThrow('not pairs');
  });
});
