import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const assets = path.join(__dirname, '../../../public/assets');
const budgetBytes = 150_000;

/** Compressed by gzip, as a proxy in front would send it. */
function sizeOf(extension: string): number {
  return contentsOf(extension).reduce((sum, content) => sum + gzipSync(content).length, 0);
}

function contentsOf(extension: string): readonly Buffer[] {
  const files = readdirSync(assets).filter((file) => file.endsWith(extension));
  expect(files).not.toHaveLength(0);
  return files.map((file) => readFileSync(path.join(assets, file)));
}

describe('what a browser loads first', () => {
  it('stays under the budget of script', () => {
    expect(sizeOf('.js')).toBeLessThan(budgetBytes);
  });

  it('has no schema of the contract in it: the page knows its types alone', () => {
    for (const script of contentsOf('.js')) expect(script.toString()).not.toMatch(/safeParse|invalid_type/);
  });

  it('stays under a third of it for styles', () => {
    expect(sizeOf('.css')).toBeLessThan(budgetBytes / 3);
  });
});
