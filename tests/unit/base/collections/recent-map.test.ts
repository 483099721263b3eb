import { RecentMap } from '../../../../src/base/collections/recent-map';

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

  it('forgets nothing when what it knows is set again', () => {
    const map = new RecentMap<string, number>(2);
    for (const [key, value] of [
      ['a', 1],
      ['b', 2],
      ['a', 3],
    ] as const)
      map.set(key, value);
    expect([...map.entries()]).toEqual([
      ['b', 2],
      ['a', 3],
    ]);
    expect(map.get('c')).toBeUndefined();
    expect([map.delete('c'), map.size]).toEqual([false, 2]);
  });
});
