import { versionLooks } from '../../../src/dashboard/pages/overview/version-looks';

it('keeps the first colour for the current version, even if no device runs it', () => {
  expect([...versionLooks('2.0', ['1.0', '2.0', '0.9'])]).toEqual([
    ['2.0', 'series-1'],
    ['1.0', 'series-2'],
    ['0.9', 'series-3'],
  ]);
  expect(versionLooks('2.0', ['1.0', '0.9'])).toEqual(versionLooks('2.0', ['1.0', '0.9', '2.0']));
  expect(versionLooks(null, ['1.0']).get('1.0')).toBe('series-2');
});

it('gives no two of the first five other versions one colour, and counts none twice', () => {
  const looks = versionLooks('6', ['5', '4', '3', null, '2', '1', '5']);
  expect(looks.size).toBe(6);
  expect(new Set(looks.values()).size).toBe(6);
});
