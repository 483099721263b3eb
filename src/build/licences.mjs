import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes out the licences of the packages that were bundled: whoever passes on their code passes on their terms.
 * @param inputs paths of all bundled files
 * @throws Error for a package without a licence text
 */
export async function licencesOf(inputs) {
  const folders = new Set(inputs.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]));
  folders.delete(undefined);
  const texts = new Map();
  for (const folder of folders) {
    const { name, version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    texts.set(`${name} ${version}`, await termsIn(folder));
  }
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([title, text]) => `${title}\n${'='.repeat(title.length)}\n\n${text}\n`).join('\n');
}

async function termsIn(folder) {
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  if (names.length === 0) throw new Error(`${folder} has no licence text`);
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
}
