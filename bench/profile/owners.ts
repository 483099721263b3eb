import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import type { CallFrame, SelfTime } from './cpu-profile';

const root = path.join(__dirname, '../..');

/** Says what part of the server, of Node or of V8 a function belongs to. */
export type OwnerOf = (time: SelfTime) => string;

/** Native functions of sockets that send: encryption and the kernel are in them. */
const sending = /^(writev|writeBuffer|write(Utf8|Latin1|Ascii|Ucs2)String)$/;
const v8: Readonly<Record<string, string>> = {
  '(garbage collector)': 'V8: garbage collection',
  '(program)': 'native code without a name',
  '(root)': 'native code without a name',
};
const nodeParts: readonly (readonly [RegExp, string])[] = [
  [/http2/, 'Node: HTTP/2'],
  [/_http_|internal\/http|internal\/url|querystring/, 'Node: HTTP/1.1'],
  [/tls|crypto|x509/, 'Node: TLS'],
  [/stream|\/net$|node:net|buffer/, 'Node: streams, sockets, buffers'],
  [/internal\/fs|node:fs/, 'Node: files'],
  [/timers|task_queues|async_hooks|events|async_local|promise/, 'Node: events, ticks, timers'],
];

/** @param folders how many folders of our files' paths to tell apart, at most */
export function createOwnerOf(folders: number): OwnerOf {
  const payload = JSON.parse(readFileSync(path.join(root, 'dist/server.js.map'), 'utf8')) as SourceMapPayload;
  const map = new SourceMap(payload);
  const known = new Map<string, string>();
  const sourceOf = ({ url, lineNumber, columnNumber }: CallFrame): string | undefined => {
    if (!url.endsWith('dist/server.js')) return undefined;
    const key = `${lineNumber}:${columnNumber}`;
    const found = known.get(key) ?? sourceAt(map, lineNumber, columnNumber);
    known.set(key, found);
    return found;
  };
  const partOf = (frame: CallFrame): string | undefined => {
    const source = sourceOf(frame);
    if (source !== undefined) return ours(source, folders);
    if (frame.url.includes('bare-server.js')) return 'bare server';
    if (!frame.url.startsWith('node:')) return undefined;
    return nodeParts.find(([pattern]) => pattern.test(frame.url))?.[1] ?? 'Node: other';
  };
  return ({ frame, caller }) => {
    const special = v8[frame.functionName];
    if (special !== undefined && frame.url === '') return special;
    const own = partOf(frame);
    if (own !== undefined) return own;
    if (sending.test(frame.functionName)) return 'sending: TLS, kernel';
    // A built-in function belongs to who calls it.
    const above = caller === undefined ? undefined : partOf(caller);
    return above ?? 'native code, called by V8';
  };
}

/** @returns a path below the project's root */
function sourceAt(map: SourceMap, line: number, column: number): string {
  const entry = map.findEntry(line, column);
  if (!('originalSource' in entry)) return 'dist';
  return path.relative(root, path.resolve(root, 'dist', entry.originalSource));
}

function ours(source: string, folders: number): string {
  const names = source.split('/');
  if (names[0] === 'node_modules') return `package ${names[1] ?? ''}`;
  return names.slice(0, Math.min(folders + 1, names.length)).join('/');
}
