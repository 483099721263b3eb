import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const extensions = ['.ts', '.tsx'];

/** What each file of a folder imports of it, types too. Paths are absolute. */
function readImports(folder) {
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => extensions.includes(path.extname(name)))
    .map((name) => path.join(folder, name));
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
      const targets = importedFiles.flatMap(({ fileName }) => resolveImport(file, fileName, known) ?? []);
      return [file, targets];
    }),
  );
}

function resolveImport(from, name, known) {
  if (!name.startsWith('.')) return undefined;
  const base = path.resolve(path.dirname(from), name);
  return extensions.map((extension) => base + extension).find((candidate) => known.has(candidate));
}

/** The shortest way from one file to another; `undefined` when there is none. */
function findWay(imports, from, to) {
  const ways = [[from]];
  const seen = new Set([from]);
  for (const way of ways) {
    const last = way.at(-1);
    if (last === to) return way;
    for (const next of imports.get(last) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}

/** ESLint's rule: no import leads back to the file that it stands in. Types count: they are arrows too. */
export const noCircles = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      circle: 'This import closes a circle: {{ way }}. Move what both sides need into a file of its own.',
    },
  },
  create(context) {
    const root = path.join(context.cwd, 'src');
    const imports = readImportsOnce(root);
    const check = (node) => {
      const target = resolveImport(context.filename, node.source?.value ?? '', imports);
      const way = target === undefined ? undefined : findWay(imports, target, context.filename);
      if (way === undefined) return;
      const names = way.map((file) => path.relative(root, file));
      context.report({ node, messageId: 'circle', data: { way: names.join(' -> ') } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};

const read = new Map();

function readImportsOnce(root) {
  if (!read.has(root)) read.set(root, readImports(root));
  return read.get(root);
}
