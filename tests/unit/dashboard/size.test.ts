import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const assets = path.join(__dirname, '../../../public/assets');
const budgetBytes = 150_000;

/** Compressed by gzip, as a proxy in front would send it. */
function sizeOf(extension: string): number {
  const files = readdirSync(assets).filter((file) => file.endsWith(extension));
  expect(files).not.toHaveLength(0);
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(path.join(assets, file))).length, 0);
}

describe('what a browser loads first', () => {
  it('stays under the budget of script', () => {
    expect(sizeOf('.js')).toBeLessThan(budgetBytes);
  });

  it('stays under a third of it for styles', () => {
    expect(sizeOf('.css')).toBeLessThan(budgetBytes / 3);
  });
});
