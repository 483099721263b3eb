import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Builds the dashboard into `public/`: `index.html`, a copy as `index-below.html` for addresses of two parts, and under
 * `assets/` its scripts and styles. Their names contain a hash of their content, so that browsers may cache them
 * forever. The pages name them by relative addresses, so that a proxy may serve everything below any path.
 */
const source = path.dirname(fileURLToPath(import.meta.url));
const target = path.resolve(source, '../../public');
const assets = path.join(target, 'assets');

const { outputFiles } = await build({
  entryPoints: {
    app: path.join(source, 'main.tsx'),
    theme: path.join(source, 'early-theme.ts'),
    style: path.join(source, 'styles/index.css'),
  },
  outdir: assets,
  write: false,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16.4'],
  tsconfig: path.join(source, 'tsconfig.json'),
  legalComments: 'none',
  logLevel: 'warning',
});

await rm(assets, { recursive: true, force: true });
await mkdir(assets, { recursive: true });
let page = await readFile(path.join(source, 'index.html'), 'utf8');
for (const { path: file, contents } of outputFiles) {
  const { name, ext } = path.parse(file);
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
  await writeFile(path.join(assets, `${name}-${hash}${ext}`), contents);
  page = page.replaceAll(`"assets/${name}${ext}"`, `"assets/${name}-${hash}${ext}"`);
}
await writeFile(path.join(target, 'index.html'), page);
await writeFile(
  path.join(target, 'index-below.html'),
  page.replaceAll(/(?<=\s(?:src|href|action)=")/g, '../'),
);
