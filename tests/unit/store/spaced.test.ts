import { SpacedCount } from '../../../src/store/spaced';

describe('a count of the whole fleet', () => {
  let at = 0;
  const counterOf = (size: number) => {
    let counts = 0;
    const count = new SpacedCount(
      () => Promise.resolve({ size, nth: (counts += 1) }),
      (result) => result.size,
      () => at,
    );
    return async () => (await count.get()).nth;
  };

  it('is made for everybody who asks while the fleet is small', async () => {
    const count = counterOf(10_000);
    expect([await count(), await count(), await count()]).toEqual([1, 2, 3]);
  });

  it('is made once for those who ask at once, also after it failed', async () => {
    let fail: (error: Error) => void = () => undefined;
    let counts = 0;
    const count = new SpacedCount(
      () => {
        counts += 1;
        return counts > 1 ? Promise.resolve(7) : new Promise<number>((_, reject) => (fail = reject));
      },
      (size) => size,
    );
    const asked = Promise.allSettled([count.get(), count.get()]);
    fail(new Error('the disk is gone'));
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await Promise.all([count.get(), count.get()])).toEqual([7, 7]);
    expect(counts).toBe(2);
  });

  it.each([
    [50_000, 1_000],
    [1_000_000, 20_000],
  ])('of %d devices is good for %d ms, however often people ask', async (size, goodMs) => {
    at = 0;
    const count = counterOf(size);
    expect([await count(), await count()]).toEqual([1, 1]);
    at = goodMs - 1;
    expect(await count()).toBe(1);
    at = goodMs;
    expect([await count(), await count()]).toEqual([2, 2]);
  });
});
