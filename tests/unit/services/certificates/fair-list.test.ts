import { FairList } from '../../../../src/services/certificates/fair-list';

let list: FairList<string>;
beforeEach(() => (list = new FairList<string>(3)));

const put = (key: string, holder: string) => list.put(key, holder, key);

it('lists the latest first, each once', () => {
  for (const key of ['a', 'b', 'a']) put(key, 'x');
  expect(list.latestFirst()).toEqual(['a', 'b']);
  list.put('b', 'y', 'B');
  expect(list.latestFirst()).toEqual(['B', 'a']);
  expect(list.get('b')).toBe('B');
});

it('drops what came longest ago of the one who has most', () => {
  put('quiet', 'x');
  for (const key of ['1', '2', '3', '4', '5']) put(key, 'loud');
  expect(list.latestFirst()).toEqual(['5', '4', 'quiet']);
});

it('counts a thing for the one that it came from last', () => {
  put('a', 'x');
  put('b', 'x');
  put('a', 'y'); // y has one now, and x one
  put('c', 'y');
  put('d', 'z'); // y has most, and came with "a" first
  expect(list.latestFirst()).toEqual(['d', 'c', 'b']);
});

it('never holds more than it may, however many come', () => {
  for (let n = 0; n < 50; n += 1) put(`thing-${n}`, `holder-${n}`);
  expect(list.latestFirst()).toEqual(['thing-49', 'thing-48', 'thing-47']);
  expect(list.get('thing-0')).toBeUndefined();
});
