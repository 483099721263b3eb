import { readFileSync } from 'node:fs';
import path from 'node:path';

const css = readFileSync(path.join(__dirname, '../../../src/dashboard/styles/theme.css'), 'utf8');
const [light = '', dark = ''] = css.split("[data-theme='dark']");
const themes = [
  ['light', coloursOf(light)],
  ['dark', coloursOf(dark)],
] as const;

function coloursOf(block: string): ReadonlyMap<string, string> {
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', hex = '']) => [name, hex]),
  );
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(colours: ReadonlyMap<string, string>, one: string, other: string): number {
  const [darker = 0, lighter = 0] = [one, other]
    .map((name) => luminance(colours.get(name) ?? ''))
    .sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const tones = ['good', 'busy', 'warn', 'bad', 'idle'];

describe.each(themes)('the %s theme', (_, colours) => {
  it('has text that can be read on each background', () => {
    const pairs = [
      ...['text', 'muted', 'accent', ...tones].flatMap((text) =>
        ['page', 'panel', 'raised', 'hover', 'selected'].map((back) => [text, back] as const),
      ),
      ...tones.flatMap((tone) => [tone, 'text', 'accent'].map((text) => [text, `${tone}-back`] as const)),
      ['accent-text', 'accent'] as const,
      ['panel', 'bad'] as const,
    ];
    const low = pairs.filter(([text, back]) => !(contrast(colours, text, back) >= 4.5));
    expect(low).toEqual([]);
  });

  it('has areas and borders that can be told from a panel', () => {
    const series = [1, 2, 3, 4, 5, 6, 'rest'].map((which) => `series-${which}`);
    const low = ['line-strong', 'accent', ...tones, ...series].filter(
      (name) => !(contrast(colours, name, 'panel') >= 3),
    );
    expect(low).toEqual([]);
  });
});
