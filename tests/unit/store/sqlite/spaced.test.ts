import { SpacedCount } from '../../../../src/store/sqlite/spaced';

describe('a count of the whole fleet', () => {
  let at = 0;
  const counterOf = (size: number) => {
    let counts = 0;
    const count = new SpacedCount(
      () => ({ size, nth: (counts += 1) }),
      (result) => result.size,
      () => at,
    );
    return () => count.get().nth;
  };

  it('is made for everybody who asks while the fleet is small', () => {
    const count = counterOf(10_000);
    expect([count(), count(), count()]).toEqual([1, 2, 3]);
  });

  it.each([
    [50_000, 1_000],
    [1_000_000, 20_000],
  ])('of %d devices is good for %d ms, however often people ask', (size, goodMs) => {
    at = 0;
    const count = counterOf(size);
    expect([count(), count()]).toEqual([1, 1]);
    at = goodMs - 1;
    expect(count()).toBe(1);
    at = goodMs;
    expect([count(), count()]).toEqual([2, 2]);
  });
});
