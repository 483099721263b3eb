import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { buildSync } from 'esbuild';

const dashboard = path.join(__dirname, '../../src/dashboard');

/** An element that a part of the page rendered, with the text inside it. */
export interface PageElement {
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** The parts of a browser that modules of the page use while they load. */
const emptyWindow = {
  document: { currentScript: null },
  HTMLScriptElement: Object,
  location: new URL('http://localhost/'),
  URL,
  URLSearchParams,
};

type Component = (props: object) => unknown;

/**
 * Loads a component of the page, built as for a browser but run here: fast, for components without state.
 * @param file below `src/dashboard`
 */
export function loadComponent(file: string, name: string): Component {
  return loadFunction(file, name) as Component;
}

/**
 * Loads a function of the page, like {@link loadComponent}. The page has its own types, so the caller states the function's type.
 * @param given further parts of a browser that it needs
 */
export function loadFunction(file: string, name: string, given: object = {}): (...given: never[]) => unknown {
  const loaded = loadModule(file, given)[name];
  if (typeof loaded !== 'function') throw new Error(`${file} has no ${name}`);
  return loaded as (...given: never[]) => unknown;
}

/** Loads what a module of the page exports, like {@link loadFunction}. */
export function loadModule(file: string, given: object = {}): Readonly<Record<string, unknown>> {
  const { outputFiles } = buildSync({
    entryPoints: [path.join(dashboard, file)],
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    tsconfig: path.join(dashboard, 'tsconfig.json'),
    logLevel: 'warning',
  });
  const module: { exports: Readonly<Record<string, unknown>> } = { exports: {} };
  runInNewContext(outputFiles[0]?.text ?? '', { ...emptyWindow, ...given, module });
  return module.exports;
}

/** The elements that a component renders, parents before children. */
export function elementsOf(component: Component, props: object): readonly PageElement[] {
  return flatten(component(props));
}

function flatten(node: unknown): readonly PageElement[] {
  if (Array.isArray(node)) return node.flatMap(flatten);
  if (!isNode(node)) return [];
  const { type, props } = node;
  if (typeof type === 'function') return flatten((type as Component)(props));
  const inside = flatten(props['children']);
  return typeof type === 'string' ? [{ type, props, text: textOf(node) }, ...inside] : inside;
}

function textOf(node: unknown): string {
  if (Array.isArray(node)) return node.map(textOf).join('');
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (!isNode(node)) return '';
  const { type, props } = node;
  return textOf(typeof type === 'function' ? (type as Component)(props) : props['children']);
}

interface Node {
  readonly type: unknown;
  readonly props: Readonly<Record<string, unknown>>;
}

function isNode(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'type' in node && 'props' in node;
}
