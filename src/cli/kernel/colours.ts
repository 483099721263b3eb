import { type StateLook, stateLooks, type Tone } from '../../contract/state-looks';
import { markOf } from './state-mark';

/** As terminals number their colours (ECMA-48, section 8.3.117): green, cyan, yellow, red, grey. */
const colours: Readonly<Record<Tone, number>> = { good: 32, busy: 36, warn: 33, bad: 31, idle: 90 };

/** By what stands for the state. Of two that look alike, the first one counts. */
const tones = new Map<string, Tone>(
  Object.values(stateLooks)
    .flatMap((kind) => Object.values<StateLook>(kind))
    .reverse()
    .map((look) => [markOf(look), look.tone]),
);

/** How bad a line is, as it begins: with `error: `. */
const severities: readonly (readonly [pattern: RegExp, tone: Tone])[] = [
  [/^error(?=: )/gm, 'bad'],
  [/^warning(?=: )/gm, 'warn'],
];

/** The longest first: one word may be the beginning of another. */
const anyMark = new RegExp(
  `(?:${[...tones.keys()]
    .sort((a, b) => b.length - a.length)
    .map((mark) => mark.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|')})(?![\\p{L}\\p{N}])`,
  'gu',
);

/**
 * Gives every state in a text the colour of its tone, and a line that tells of an error or a warning that of theirs. It is for text that
 * is laid out already: colours have no width.
 */
export function coloured(text: string): string {
  const withStates = text.replaceAll(anyMark, (mark) => paint(mark, tones.get(mark) ?? 'idle'));
  return severities.reduce(
    (shown, [pattern, tone]) => shown.replaceAll(pattern, (word) => paint(word, tone)),
    withStates,
  );
}

/** Only the colour of letters is changed, and put back. */
function paint(text: string, tone: Tone): string {
  return `\u001b[${colours[tone]}m${text}\u001b[39m`;
}
