import {
  maxUnpacked,
  maxUnpackedOfMany,
  UnpackedRecords,
} from '../../../../../src/store/sqlite/fleet/unpacked-records';

/** Unpacks records of a fleet one after the other; tells which of them are not packed. */
function fleetOf(inMemory: () => number) {
  const records = new UnpackedRecords(inMemory);
  const unpacked = new Set<number>();
  const unpack = (from: number, count: number) => {
    for (let number = from; number < from + count; number += 1) {
      unpacked.add(number);
      records.add({ pack: () => unpacked.delete(number) });
    }
  };
  return { unpacked, unpack };
}

describe('records in memory', () => {
  it('stay unpacked in a fleet that is not large', () => {
    const { unpacked, unpack } = fleetOf(() => maxUnpacked);
    unpack(0, maxUnpacked);
    expect(unpacked.size).toBe(maxUnpacked);
  });

  it('are packed in a large fleet but for those used last', () => {
    const { unpacked, unpack } = fleetOf(() => maxUnpacked + 1);
    unpack(0, 3 * maxUnpackedOfMany + 5);
    const latest = Array.from({ length: maxUnpackedOfMany }, (_, index) => 2 * maxUnpackedOfMany + 5 + index);
    expect([...unpacked].sort((a, b) => a - b)).toEqual(latest);
  });

  it('are packed a few at a time when the fleet has grown', () => {
    let inMemory = 0;
    const { unpacked, unpack } = fleetOf(() => inMemory);
    unpack(0, maxUnpacked);
    inMemory = maxUnpacked + 1;
    unpack(maxUnpacked, 1);
    expect(unpacked.size).toBe(maxUnpacked - 3);
    unpack(maxUnpacked + 1, maxUnpacked);
    expect(unpacked.size).toBe(maxUnpackedOfMany);
    const latest = Array.from({ length: maxUnpackedOfMany }, (_, index) => maxUnpacked + 1 + index);
    expect([...unpacked].every((number) => number >= Math.min(...latest))).toBe(true);
  });
});
