import { SpacedCount } from '../../../src/store/spaced';

describe('a count of the whole fleet', () => {
  let at = 0;
  const counterOf = (size: number, recountMs = 0) => {
    let counts = 0;
    const count = new SpacedCount(
      () => Promise.resolve({ size, nth: (counts += 1) }),
      (result) => result.size,
      recountMs,
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

  it('that is late may be given out while another one is made, for a while', async () => {
    at = 0;
    const count = counterOf(50_000, 10_000);
    expect(await count()).toBe(1);
    at = 10_999;
    expect(await count()).toBe(1);
    await new Promise(setImmediate);
    expect(await count()).toBe(2);
    at = 10_999 + 1_000 + 10_000;
    expect(await count()).toBe(3);
  });

  it('that failed in the meantime is made again', async () => {
    at = 0;
    let counts = 0;
    const count = new SpacedCount(
      () =>
        (counts += 1) === 2 ? Promise.reject(new Error('the database is away')) : Promise.resolve(50_000),
      (size) => size,
      10_000,
      () => at,
    );
    await count.get();
    at = 1_000;
    expect(await count.get()).toBe(50_000);
    await new Promise(setImmediate);
    expect(await count.get()).toBe(50_000);
    expect(counts).toBe(3);
  });
});
