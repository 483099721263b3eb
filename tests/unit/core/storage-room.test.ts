import { daysUntilFull, type RoomSample, withSample } from '../../../src/core/storage-room';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What a look each hour keeps, with so much left at the end of each day. */
function lookedAt(freeByDay: readonly number[]): readonly RoomSample[] {
  let samples: readonly RoomSample[] = [];
  freeByDay.forEach((freeBytes, day) => {
    for (let hour = 0; hour < 24; hour += 1)
      samples = withSample(samples, { atMs: day * dayMs + hour * hourMs, freeBytes });
  });
  return samples;
}

describe('the room on a disk', () => {
  it('is kept once a day, for seven days', () => {
    const samples = lookedAt([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(samples.map(({ freeBytes }) => freeBytes)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('lasts so many days as it has at the usual pace', () => {
    expect(daysUntilFull(lookedAt([1_000, 900, 800, 700]), 700)).toBe(7);
    expect(daysUntilFull(lookedAt([1_000, 900, 800, 700]), 699)).toBe(6);
  });

  it('is not foreseen before three days are known', () => {
    expect(daysUntilFull([], 700)).toBeNull();
    expect(daysUntilFull(lookedAt([1_000, 900, 800]), 800)).toBeNull();
  });

  it('is not foreseen from one large upload, nor from a day on which bundles were deleted', () => {
    expect(daysUntilFull(lookedAt([1_000, 1_000, 100, 100, 100]), 100)).toBeNull();
    expect(daysUntilFull(lookedAt([1_000, 900, 800, 2_000, 1_900]), 1_900)).toBe(19);
  });

  it('lasts where nothing grows, or files go', () => {
    expect(daysUntilFull(lookedAt([1_000, 1_000, 1_000, 1_000]), 1_000)).toBeNull();
    expect(daysUntilFull(lookedAt([700, 800, 900, 1_000]), 1_000)).toBeNull();
  });

  it('that is gone lasts no day', () => {
    expect(daysUntilFull(lookedAt([300, 200, 100, 0]), 0)).toBe(0);
  });
});
