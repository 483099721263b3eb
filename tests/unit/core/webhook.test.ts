import { retryDelayMs } from '../../../src/core/webhook';

describe('the wait before an event is delivered again', () => {
  it.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [10, 2_560_000],
    [11, 3_600_000],
    [10_000, 3_600_000],
  ])('doubles up to an hour: after %d attempts', (attempts, delayMs) => {
    expect(retryDelayMs(attempts, 0.5)).toBe(delayMs);
  });

  it('is a fifth shorter or longer, at random', () => {
    expect(retryDelayMs(1, 0)).toBe(4_000);
    expect(retryDelayMs(1, 1)).toBe(6_000);
    expect(retryDelayMs(1, 0.0001)).toBe(4_000);
  });
});
