import { ByteSlabs, type BytesPlace } from '../../../../src/base/bytes/byte-slabs';

describe('bytes in slabs', () => {
  it.each(['', 'a', 'x'.repeat(128), 'x'.repeat(129), 'Zürich 東京 🚀', 'y'.repeat(3_000_000)])(
    'come back as they were (%#)',
    (text) => {
      const slabs = new ByteSlabs();
      expect(slabs.read(slabs.put(Buffer.from(text), null)).toString()).toBe(text);
    },
  );

  it('stay apart, whatever becomes of the others', () => {
    const slabs = new ByteSlabs();
    const places: (BytesPlace | null)[] = Array.from({ length: 500 }, () => null);
    const texts: string[] = [];
    for (let round = 0; round < 4_000; round += 1) {
      const index = (round * 7919) % places.length;
      const before = places[index] ?? null;
      if (before !== null && round % 5 === 0) {
        slabs.free(before);
        places[index] = null;
      } else {
        texts[index] = `${round}é`.repeat(1 + ((round * 104_729) % 900));
        places[index] = slabs.put(Buffer.from(texts[index]), before);
      }
    }
    const kept = places.flatMap((place, index) =>
      place === null ? [] : [[slabs.read(place).toString(), texts[index]]],
    );
    expect(kept.length).toBeGreaterThan(300);
    for (const [read, text] of kept) expect(read).toBe(text);
  });

  it('replace one another where they are, as long as they fit', () => {
    const slabs = new ByteSlabs();
    const first = slabs.put(Buffer.alloc(100, 'x'), null);
    expect(slabs.put(Buffer.alloc(128, 'y'), first)).toBe(first);
    expect(slabs.read(first).toString()).toBe('y'.repeat(128));
    const moved = slabs.put(Buffer.alloc(129, 'z'), first);
    expect(moved).not.toBe(first);
    expect(slabs.put(Buffer.alloc(90, 'w'), null)).toBe(first);
    expect(slabs.read(moved).toString()).toBe('z'.repeat(129));
  });

  it('share memory, and use again what was freed', () => {
    const slabs = new ByteSlabs();
    const put = () => Array.from({ length: 1_000 }, () => slabs.put(Buffer.alloc(700, 'x'), null));
    const places = put();
    const used = new Set(places.map(({ slab }) => slab));
    expect(used.size).toBe(1);
    for (const place of places) slabs.free(place);
    expect(new Set(put().map(({ slab }) => slab))).toEqual(used);
  });

  it('give the memory of a long one back', () => {
    const slabs = new ByteSlabs();
    const long = slabs.put(Buffer.alloc(100_000, 'x'), null);
    slabs.free(long);
    expect(slabs.put(Buffer.alloc(100_000, 'x'), null).slab).not.toBe(long.slab);
  });
});
