import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeCodeCache } from './build/code-cache.mjs';
import { licencesOf } from './build/licences.mjs';
import { sqliteBinding } from './build/sqlite-binding.mjs';

/**
 * Builds the server into `dist/`: our modules and packages in one file, with the code that V8 compiled for a start beside it, because
 * finding, reading and compiling a thousand files took most of a start (docs/adr/0019-packages-and-compiled-code-in-dist.md). The
 * programs of worker threads (`*-thread.ts`) are files of their own beside it, under their own names.
 */
const source = path.dirname(fileURLToPath(import.meta.url));
const target = path.resolve(source, '../dist');

const files = await readdir(source, { recursive: true });
const threads = files.filter((file) => file.endsWith('-thread.ts'));
const programs = ['server.ts', 'load.ts', ...threads].map((file) => [
  path.basename(file, '.ts'),
  path.join(source, file),
]);

const names = programs.map(([name]) => name);
if (new Set(names).size < names.length) throw new Error(`two programs have one name: ${names.join(', ')}`);

await rm(target, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: Object.fromEntries(programs),
  outdir: target,
  bundle: true,
  plugins: [sqliteBinding],
  external: ['pg'], // loaded only with DATABASE_URL
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  charset: 'ascii', // as load.ts reads it
  minifyWhitespace: true, // reading a third less pays; names stay, for stack traces
  legalComments: 'none', // their texts are in licences.txt
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
});

const server = await readFile(path.join(target, 'server.js'));
if (server.some((byte) => byte > 127)) throw new Error('server.js is not ASCII');
await writeFile(path.join(target, 'licences.txt'), await licencesOf(Object.keys(metafile.inputs)));
await writeCodeCache(target);
