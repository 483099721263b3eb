import { TokenBucket } from '../../../src/core/token-bucket';

const rate = { burst: 3, perSecond: 2 };

describe('a token bucket', () => {
  it('lets a burst through, then so many a second', () => {
    const bucket = new TokenBucket(rate);
    expect([0, 0, 0, 0].map((at) => bucket.take(at))).toEqual([true, true, true, false]);
    expect(bucket.waitMs(0)).toBe(500);
    expect(bucket.take(499)).toBe(false);
    expect(bucket.take(500)).toBe(true);
    expect(bucket.isFull(1_999)).toBe(false);
    expect(bucket.isFull(2_000)).toBe(true);
  });

  it('never holds more than a burst, and is not confused by a clock that was set back', () => {
    const bucket = new TokenBucket(rate);
    expect([9e9, 9e9, 9e9, 9e9].map((at) => bucket.take(at))).toEqual([true, true, true, false]);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.take(500)).toBe(true);
  });
});
