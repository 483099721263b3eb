import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadFunction } from '../../support/page-parts';

const formatPercent = loadFunction('format.ts', 'formatPercent') as (part: number, whole: number) => string;

it.each([
  [0, 0, '0\u00a0%'],
  [1, 2, '50\u00a0%'],
  [1, 1_000, '<\u00a01\u00a0%'],
  [999, 1_000, '>\u00a099\u00a0%'],
  [2, 2, '100\u00a0%'],
])('%d of %d is a percentage that no line breaks', (part, whole, words) => {
  expect(formatPercent(part, whole)).toBe(words);
});

it('writes no percentage into a text that a line could break', () => {
  const texts = path.join(__dirname, '../../../src/dashboard/texts/english');
  const breakable = readdirSync(texts).filter((file) =>
    / %/.test(readFileSync(path.join(texts, file), 'utf8')),
  );
  expect(breakable).toEqual([]);
});
