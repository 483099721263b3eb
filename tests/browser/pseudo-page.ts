import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { Page } from 'playwright-core';

/**
 * The page in a language that nobody speaks: every text of its tables, and every sentence of the catalogues of reasons and of the
 * journal, stands between two marks. What stands between none is no text of a table.
 */
const source = path.join(__dirname, '../../src');
const marks = ['⟦', '⟧'] as const;

/** The modules that words come from, with what of each is replaced. */
const spoken: Readonly<Record<string, string>> = {
  'dashboard/texts/index.ts': 'export const text = pseudo(real.text);',
  'core/reasons/sentences.ts':
    'export const sentenceOf = pseudo(real.sentenceOf); export const remedyOf = pseudo(real.remedyOf);',
  'core/reasons/attention/sentences.ts': 'export const attentionSentence = pseudo(real.attentionSentence);',
  'core/circumstances/sentences.ts':
    "export const knownSentence = pseudo(real.knownSentence); export const sayWhy = (why) => typeof why === 'string' ? why : pseudo(real.sayWhy(why));",
  'core/offer-sentences.ts': 'export const knownVerdict = pseudo(real.knownVerdict);',
  'core/circumstances/pin-sentences.ts': 'export const pinTermsSentences = pseudo(real.pinTermsSentences);',
  'core/connection-refusal.ts': 'export const remedyOfRefusal = pseudo(real.remedyOfRefusal);',
  'core/journal/sentences.ts': 'export const messageOf = pseudo(real.messageOf);',
  'contract/state-looks.ts':
    'export const lookOf = (state) => { const look = real.lookOf(state); return { ...look, word: pseudo(look.word) }; };',
};

const pseudo = `
const pseudo = (value) => {
  if (typeof value === 'string') return value === '' ? value : '${marks[0]}' + value + '${marks[1]}';
  if (typeof value === 'function') return (...given) => pseudo(value(...given));
  if (Array.isArray(value)) return value.map(pseudo);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, pseudo(one)]));
  const isTable = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isTable ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, pseudo(one)])) : value;
};
`;

const speakPseudo: Plugin = {
  name: 'pseudo',
  setup(builder) {
    builder.onResolve({ filter: /^\.{1,2}(\/|$)/ }, ({ path: name, resolveDir, namespace }) => {
      if (namespace === 'pseudo') return undefined;
      const asked = path.resolve(resolveDir, name);
      const file = Object.keys(spoken).find((one) =>
        [`${asked}.ts`, `${asked}/index.ts`].includes(path.join(source, one)),
      );
      return file === undefined ? undefined : { path: file, namespace: 'pseudo' };
    });
    builder.onLoad({ filter: /.*/, namespace: 'pseudo' }, ({ path: file }) => ({
      contents: `import * as real from './${path.basename(file)}'; export * from './${path.basename(file)}';\n${pseudo}${spoken[file] ?? ''}`,
      resolveDir: path.dirname(path.join(source, file)),
      loader: 'js',
    }));
  },
};

/** Builds the script of the page as `build.mjs` does, in that language. */
export async function buildPseudoPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(source, 'dashboard/main.tsx')],
    write: false,
    bundle: true,
    format: 'iife',
    target: ['es2022'],
    tsconfig: path.join(source, 'dashboard/tsconfig.json'),
    logLevel: 'warning',
    plugins: [speakPseudo],
  });
  return outputFiles[0]?.text ?? '';
}

/** What a browser says in its own language, such as dates, is no text of ours. */
const markDates = `
const mark = (text) => '${marks[0]}' + text + '${marks[1]}';
const dates = Intl.DateTimeFormat.prototype;
const { get } = Object.getOwnPropertyDescriptor(dates, 'format');
Object.defineProperty(dates, 'format', {
  get() {
    const format = get.call(this);
    return (at) => mark(format(at));
  },
});
const partsOf = dates.formatToParts;
dates.formatToParts = function (at) {
  const named = (part) => (part.type === 'timeZoneName' ? { ...part, value: mark(part.value) } : part);
  return partsOf.call(this, at).map(named);
};
const spans = Intl.RelativeTimeFormat.prototype;
const formatSpan = spans.format;
spans.format = function (...given) {
  return mark(formatSpan.apply(this, given));
};
`;

/** What the API said to the page that is shown. */
const keepAnswers = `
const answers = (window.answers = []);
const readText = Response.prototype.text;
Response.prototype.text = async function () {
  const content = await readText.call(this);
  if (/json/.test(this.headers.get('content-type'))) answers.push(content);
  return content;
};
`;

/**
 * All that people see, or hear from a screen reader; what stands in code is for programs. Where a link stands in a sentence, each
 * piece of the sentence has the marks of the whole.
 */
const readShown = `(() => {
  const found = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let block = null;
  let depth = 0;
  while (walker.nextNode()) {
    const { parentElement, data } = walker.currentNode;
    if (parentElement.closest('script, style, noscript, code, pre') !== null) continue;
    if (parentElement.closest('div, p, li, td, dd') !== block) depth = 0;
    block = parentElement.closest('div, p, li, td, dd');
    const opened = '${marks[0]}'.repeat(depth);
    for (const letter of data) depth += letter === '${marks[0]}' ? 1 : letter === '${marks[1]}' ? -1 : 0;
    found.push(opened + data);
  }
  for (const name of ['title', 'placeholder', 'alt', 'aria-label', 'aria-description', 'aria-valuetext']) {
    for (const element of document.querySelectorAll('[' + name + ']')) found.push(element.getAttribute(name));
  }
  return found;
})()`;

/** Units, which are the same in every language, and marks such as those of PEM. */
const signs = /(?<![\p{L}])(?:[KMGT]iB|min|UTC)(?![\p{L}])|-----[A-Z ]+-----/gu;

export interface PseudoPage {
  /** What stands on the page and comes neither from a table of texts nor from the API. */
  missed(): Promise<readonly string[]>;
}

/** Makes a window load the script in that language. Call it before the first page. */
export async function speakPseudoIn(page: Page, script: string): Promise<PseudoPage> {
  await page.addInitScript(markDates);
  await page.addInitScript(keepAnswers);
  await page.route('**/assets/app-*.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: script }),
  );
  return {
    async missed() {
      const shown = await page.evaluate<readonly string[]>(readShown);
      const left = shown.filter((text) => hasWord(unmarked(text)));
      const answers = await page.evaluate<readonly string[]>('window.answers');
      const said = answers.flatMap((answer) => [...dataIn(JSON.parse(answer))]);
      const address = decodeURIComponent(new URL(page.url()).pathname).split('/');
      const data = [...new Set([...said, ...address])].filter((one) => one.length > 1);
      return left.filter((text) => hasWord(withoutData(unmarked(text), data)));
    },
  };
}

/** Fields of an answer that have a sentence, each with the field that has its parameters. */
const sentences = [
  ['message', 'parameters'],
  ['message', 'reason_parameters'],
  ['reason', 'reason_parameters'],
  ['next', 'next_parameters'],
  ['last_error', 'last_error_parameters'],
  ['remedy', 'cause'],
] as const;

/** A fingerprint is shown in pieces of whole octets, so that lines end between them. */
function octetsOf(value: string): readonly string[] {
  if (/^[0-9a-f]{64}$/.test(value)) return value.match(/.{8}/g) ?? [];
  return /^([0-9A-F]{2}:)+[0-9A-F]{2}$/.test(value) ? value.split(/(?<=:)/) : [];
}

/**
 * Every string of an answer, and every name of a member, which may be a state or a compatible. A sentence with a code beside it is
 * none: the page says it in its own words.
 */
function* dataIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield* [value, ...octetsOf(value)];
  if (typeof value !== 'object' || value === null) return;
  const isSaid = (name: string) =>
    sentences.some(
      ([sentence, parameters]) =>
        sentence === name && ((value as Record<string, unknown>)[parameters] ?? null) !== null,
    );
  for (const [name, member] of Object.entries(value)) {
    if (isSaid(name)) continue;
    if (!Array.isArray(value)) yield name;
    yield* dataIn(member);
  }
}

function hasWord(text: string): boolean {
  return /\p{L}{2}/u.test(text.replaceAll(signs, ' '));
}

/** Also without the beginning of a hash, and what is left of a sentence beside links and code in it. */
function withoutData(text: string, data: readonly string[]): string {
  const piece = text.trim();
  const isLong = piece.split(/\s+/).length > 2;
  const isPart = (one: string) =>
    one.startsWith(piece) || one.endsWith(piece) || (isLong && one.includes(piece));
  if (data.some(isPart)) return '';
  const parts = data.filter((one) => text.includes(one)).sort((a, b) => b.length - a.length);
  return parts.reduce((rest, part) => rest.replaceAll(part, ' '), text);
}

/** A piece of text without what stands between marks, also where one text is put into another. */
function unmarked(text: string): string {
  let depth = 0;
  return Array.from(text)
    .filter((letter) => {
      if (letter === marks[0]) depth += 1;
      const isOutside = depth === 0;
      if (letter === marks[1]) depth -= 1;
      return isOutside;
    })
    .join('');
}
