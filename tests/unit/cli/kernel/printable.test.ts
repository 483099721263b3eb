import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import {
  formatFacts,
  formatSize,
  formatTable,
  printable,
  printableJson,
  printableLine,
} from '../../../../src/cli/kernel/printable';
import { ProgressLine } from '../../../../src/cli/kernel/progress-line';

const harmful = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('text for a terminal', () => {
  it('has no character that commands it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printableLine(text)).not.toMatch(harmful);
        expect(printable(text).replaceAll('\n', '')).not.toMatch(harmful);
      }),
    );
    expect(printable('a\u001b[31m\nb')).toBe('a\\u{1b}[31m\nb');
  });

  it('stays the same value as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = printableJson(value);
        expect(text).not.toMatch(harmful);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    const tagged = 'tag \u{e0041} and \u202e';
    expect(JSON.parse(printableJson(tagged))).toBe(tagged);
    expect(printableJson(tagged)).not.toMatch(harmful);
  });

  it('is laid out in columns that a hostile cell cannot break', () => {
    expect(formatTable(['A', 'LONG'], [['one\ntwo', 'x'], ['y']])).toBe('A         LONG\none\\ntwo  x\ny');
    expect(
      formatFacts([
        ['Name', 'a\nb'],
        ['X', ''],
      ]),
    ).toBe('Name  a\\nb\nX');
  });

  it('has sizes in binary units', () => {
    expect([0, 1023, 1024, 6291456, 16 * 2 ** 30].map(formatSize)).toEqual([
      '0 B',
      '1023 B',
      '1.0 KiB',
      '6.0 MiB',
      '16.0 GiB',
    ]);
  });
});

describe('the progress line', () => {
  function draw(columns: number | undefined, steps: readonly (readonly [ms: number, bytes: number])[]) {
    const output = new PassThrough();
    let now = 0;
    const stream = columns === undefined ? output : Object.assign(output, { columns });
    const line = new ProgressLine(stream, 4 * 2 ** 30, () => now, 'sent; the server is verifying it');
    for (const [ms, bytes] of steps) {
      now = ms;
      line.update(bytes);
    }
    return String(output.read() ?? '');
  }

  it('tells share, bytes, rate and time left', () => {
    expect(draw(120, [[10_000, 2 ** 30]])).toBe(
      '\r######..................  25 %  1.0 GiB of 4.0 GiB  102.4 MiB/s  0:30 left\u001b[K',
    );
    expect(draw(120, [[3_600_000, 2 ** 30]])).toContain('3:00:00 left');
  });

  it('is drawn at most ten times a second', () => {
    const steps = Array.from({ length: 1000 }, (_, ms) => [ms, ms] as const);
    expect(draw(120, steps).split('\r').length - 1).toBe(10);
  });

  it('is never as wide as the terminal, nor empty on one of unknown width', () => {
    const [text = ''] = draw(40, [[10_000, 2 ** 30]])
      .slice(1)
      .split('\u001b');
    expect(text).toHaveLength(39);
    expect(draw(0, [[10_000, 2 ** 30]])).toContain('25 %');
    expect(draw(undefined, [[10_000, 2 ** 30]])).toContain('25 %');
  });

  it('says that the server is checking when all is sent', () => {
    expect(draw(120, [[1, 4 * 2 ** 30]])).toContain('verifying');
  });
});
