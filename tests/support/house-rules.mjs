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

/** Asks about every import of a file of src; the names in what is reported are those of the folders there. */
function onImports(context, judge) {
  const root = path.join(context.cwd, 'src');
  const imports = readImportsOnce(root);
  const check = (node) => {
    const target = resolveImport(context.filename, node.source?.value ?? '', imports);
    const report = target === undefined ? undefined : judge({ target, imports, root });
    if (report !== undefined) context.report({ node, ...report });
  };
  return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
}

/** No import leads back to the file that it stands in. Types count: they are arrows too. */
export const noCircles = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      circle: 'This import closes a circle: {{ way }}. Move what both sides need into a file of its own.',
    },
  },
  create: (context) =>
    onImports(context, ({ target, imports, root }) => {
      const way = findWay(imports, target, context.filename);
      if (way === undefined) return undefined;
      const names = way.map((file) => path.relative(root, file));
      return { messageId: 'circle', data: { way: names.join(' -> ') } };
    }),
};

/** A room imports itself, and the rooms that its line of the table names. A file in no room is imported by nobody but such files. */
export const arrows = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } }],
    messages: {
      arrow: 'src/{{ room }} may import {{ allowed }} (see ARCHITECTURE.md), and this is of {{ other }}.',
    },
  },
  create(context) {
    const [table] = context.options;
    const rooms = Object.keys(table).sort((a, b) => b.length - a.length);
    const roomOf = (file, root) => rooms.find((room) => file.startsWith(path.join(root, room) + path.sep));
    return onImports(context, ({ target, root }) => {
      const room = roomOf(context.filename, root);
      const other = roomOf(target, root);
      if (room === undefined || room === other || table[room].includes(other)) return undefined;
      const allowed = table[room].join(', ') || 'nothing of ours';
      return { messageId: 'arrow', data: { room, allowed, other: other ?? 'no room' } };
    });
  },
};

const read = new Map();

function readImportsOnce(root) {
  if (!read.has(root)) read.set(root, readImports(root));
  return read.get(root);
}
