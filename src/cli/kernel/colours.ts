import { type StateLook, stateLooks, type Tone } from '../../contract/state-looks';
import { markOf } from './state-mark';

/** The numbers of colours on terminals (ECMA-48, section 8.3.117): green, cyan, yellow, red, grey. */
const colours: Readonly<Record<Tone, number>> = { good: 32, busy: 36, warn: 33, bad: 31, idle: 90 };

/** Keyed by the mark of the state. Of two states with the same mark, the first one counts. */
const tones = new Map<string, Tone>(
  Object.values(stateLooks)
    .flatMap((kind) => Object.values<StateLook>(kind))
    .reverse()
    .map((look) => [markOf(look), look.tone]),
);

/** The severity of a line, by its beginning, such as `error: `. */
const severities: readonly (readonly [pattern: RegExp, tone: Tone])[] = [
  [/^error(?=: )/gm, 'bad'],
  [/^warning(?=: )/gm, 'warn'],
];

/** Longest first, because one word may be a prefix of another. */
const anyMark = new RegExp(
  `(?:${[...tones.keys()]
    .sort((a, b) => b.length - a.length)
    .map((mark) => mark.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|')})(?![\\p{L}\\p{N}])`,
  'gu',
);

/**
 * Colours every state in a text by its tone, and every error or warning line by its severity. Apply it after the
 * layout: colours have no width.
 */
export function coloured(text: string): string {
  const withStates = text.replaceAll(anyMark, (mark) => paint(mark, tones.get(mark) ?? 'idle'));
  return severities.reduce(
    (shown, [pattern, tone]) => shown.replaceAll(pattern, (word) => paint(word, tone)),
    withStates,
  );
}

/** Changes only the text colour, and resets it. */
function paint(text: string, tone: Tone): string {
  return `\u001b[${colours[tone]}m${text}\u001b[39m`;
}
