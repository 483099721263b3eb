import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Builds the server into `dist/`: our own modules in one file, because finding hundreds of files takes a fifth of a
 * start. Packages stay what npm installed, where an audit finds them. The programs of worker threads (`*-thread.ts`) are files of
 * their own beside it, under their own names.
 */
const source = path.dirname(fileURLToPath(import.meta.url));
const target = path.resolve(source, '../dist');

const files = await readdir(source, { recursive: true });
const threads = files.filter((file) => file.endsWith('-thread.ts'));
const programs = ['server.ts', ...threads].map((file) => [
  path.basename(file, '.ts'),
  path.join(source, file),
]);

const names = programs.map(([name]) => name);
if (new Set(names).size < names.length) throw new Error(`two programs have one name: ${names.join(', ')}`);

await rm(target, { recursive: true, force: true });
await build({
  entryPoints: Object.fromEntries(programs),
  outdir: target,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
