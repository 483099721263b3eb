import { lookPauses } from '../../../src/core/lost-answer';

const sum = (pauses: readonly number[]) => pauses.reduce((all, one) => all + one, 0);

describe('the looks for an upload whose answer was lost', () => {
  it('come soon first, and end', () => {
    const pauses = lookPauses(1);
    expect(pauses.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    expect(sum(pauses)).toBeGreaterThanOrEqual(30_000);
    expect(sum(pauses)).toBeLessThan(60_000);
  });

  it('go on for as long as a slow server checks a large bundle', () => {
    const pauses = lookPauses(16 * 2 ** 30);
    expect(sum(pauses)).toBeGreaterThan(10 * 60_000);
    expect(sum(pauses)).toBeLessThan(20 * 60_000);
    expect(Math.max(...pauses)).toBe(15_000);
  });
});
