import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { circumstances } from '../../../src/core/circumstances/catalogue';
import { lines } from '../../../src/core/journal/catalogue';
import { attentionSentences } from '../../../src/core/reasons/attention/sentences';
import { findingWords } from '../../../src/core/reasons/doctor/sentences';
import { catalogue as refusals } from '../../../src/core/reasons/catalogue';
import type { ReasonWords } from '../../../src/core/reasons/reason-words';

type Words = (parameters: never, say: (why: unknown) => string) => string;

const core = path.join(__dirname, '../../../src/core');

const sources = ['circumstances', 'journal', 'reasons']
  .flatMap((folder) =>
    readdirSync(path.join(core, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.join(core, folder, file),
    ),
  )
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(file, 'utf8'));

const found = (pattern: RegExp) =>
  new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map(([, name = '']) => name)));

/** Numbers that name something, and limits and sizes that are always large. */
const names =
  /^(id|.*Id|.*[pP]ort|pid|event|installation|step|fromStep|position|status|schema|compressor|percent|bits|length|.*Ms|(min|max).*|limitBytes|statedBytes|blockBytes|payloadBytes|wantedBytes)$/;
const numbers = new Set([...found(/\b(\w+)\??: number\b/g)].filter((name) => !names.test(name)));
const nouns = [...found(/counted\([^,]+, '([a-z ]+)'\)/g)].join('|');

const reasons = Object.entries<Pick<ReasonWords, 'says' | 'remedy'>>({
  ...refusals,
  ...findingWords,
}).flatMap(([code, { says, remedy }]) => [
  [code, says as Words] as const,
  ...(typeof remedy === 'function' ? [[`${code}, its remedy`, remedy as Words] as const] : []),
]);
const sentences: readonly (readonly [string, Words])[] = [
  ...reasons,
  ...Object.entries(circumstances).map(([code, words]) => [code, words as Words] as const),
  ...Object.entries(lines).map(([code, words]) => [code, words as Words] as const),
  ...Object.entries(attentionSentences).map(([code, words]) => [code, words as Words] as const),
];

/** What other parameters may be; the first that a sentence can be made with. */
const others: readonly unknown[] = [
  ['x', 'y'],
  'x',
  '2026-11-02T12:00:00.000Z',
  null,
  { code: 'x', parameters: {} },
];

/** @returns the sentence, and which of its parameters are numbers */
function sayWith(words: Words, count: number) {
  for (const other of others) {
    const read = new Set<string>();
    const get = (_: object, name: string) => {
      if (numbers.has(name)) read.add(name);
      return numbers.has(name) ? count : other;
    };
    const ownKeys = () => [];
    try {
      return { text: words(new Proxy({}, { get, ownKeys }) as never, () => 'x'), read };
    } catch {
      // Another value may do.
    }
  }
  return null;
}

/** They look something up in a table; the tests of their own catalogues say them. */
const unsaid = [
  'failed-with',
  'remedy-of-failure',
  'no-longer-offered',
  'lost',
  'device-over-budget',
  'address-over-budget',
];

const counting = sentences.filter(([, words]) => (sayWith(words, 2)?.read.size ?? 1) > 0);

describe('a sentence that counts', () => {
  it('can be made from examples, and there are many', () => {
    const silent = sentences.filter(([, words]) => sayWith(words, 2) === null);
    expect(silent.map(([code]) => code).filter((code) => !unsaid.includes(code))).toEqual([]);
    expect(counting.length).toBeGreaterThan(40);
  });

  it.each(counting)('agrees with none, one and two: %s', (_code, words) => {
    const [none, one, two] = [0, 1, 2].map((count) => sayWith(words, count)?.text ?? '');
    expect(one).not.toMatch(/\b1 (?!ms\b|is\b|was\b|has\b|does\b)[a-z]+s\b/);
    expect(one).not.toMatch(/\b1 [a-z]+ (are|have|were|do)\b/);
    for (const text of [none, two]) {
      expect(text).not.toMatch(/(?<!of )\b[02] [a-z]+s (is|has|was|does)\b/);
      expect(text).not.toMatch(new RegExp(`\\b[02] (${nouns})\\b(?! [a-z]+s\\b)`));
    }
  });
});
