import { TokenBucket } from '../../../src/core/token-bucket';

describe('a rate with bursts', () => {
  const takeAll = (bucket: TokenBucket, nowMs: number) => {
    let taken = 0;
    while (taken < 1_000 && bucket.take(nowMs)) taken += 1;
    return taken;
  };

  it('gives a burst at once, then so many a second, and never saves more than a burst', () => {
    const bucket = new TokenBucket({ burst: 10, perSecond: 2 }, 0);
    expect(takeAll(bucket, 0)).toBe(10);
    expect(takeAll(bucket, 400)).toBe(0);
    expect(takeAll(bucket, 3_000)).toBe(6);
    expect(takeAll(bucket, 3_600_000)).toBe(10);
  });

  it('gives neither more nor less when the clock is set back', () => {
    const bucket = new TokenBucket({ burst: 10, perSecond: 2 }, 1_000_000);
    expect(takeAll(bucket, 1_000_000)).toBe(10);
    expect(takeAll(bucket, 0)).toBe(0);
    expect(takeAll(bucket, 1_000)).toBe(2);
  });
});
