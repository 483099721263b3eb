import { RecentMap } from '../../../src/core/recent-map';
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

describe('a recent map', () => {
  it('forgets what was used longest ago', () => {
    const map = new RecentMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);
    expect(map.getOrMake('c', () => 3)).toBe(3);
    expect([...map.entries()]).toEqual([
      ['a', 1],
      ['c', 3],
    ]);
    expect(map.delete('a')).toBe(true);
    expect(map.size).toBe(1);
  });
});
