import type { EventKind, NewEvent } from '../../../src/core/event';
import { plainLines, RepeatedLines } from '../../../src/core/repeated-lines';
import { anyReason, wordOf } from '../../support/any-reason';

const startMs = Date.UTC(2026, 0, 1);
const at = (seconds: number) => new Date(startMs + seconds * 1000);

function line(seconds: number, kind: EventKind = 'device.booted', word = `at ${seconds}`): NewEvent {
  return { kind, at: at(seconds), actor: { name: 'device:board-1', address: null }, reason: anyReason(word) };
}

/** One line every so many seconds. @returns the lines that are written */
function repeat(lines: RepeatedLines, from: number, to: number, every: number): NewEvent[] {
  const written: NewEvent[] = [];
  for (let second = from; second < to; second += every)
    written.push(...lines.due(at(second)), ...lines.take(line(second)));
  return written;
}

describe("a device's lines of the journal", () => {
  it('are written as they come when they are few: a board that a lab flashes every five minutes all day', () => {
    const lines = new RepeatedLines();
    const written = repeat(lines, 0, 86_400, 300);
    expect(written).toHaveLength(288);
    expect(written.every(({ repeats }) => repeats === undefined)).toBe(true);
    expect(lines.hasCounted).toBe(false);
  });

  it('become one line with a count when they repeat: after a minute, ten, and then each hour', () => {
    const lines = new RepeatedLines();
    const written = repeat(lines, 0, 3 * 3600, 1);
    expect(written.slice(0, plainLines).map(wordOf)).toEqual(
      Array.from({ length: plainLines }, (_, second) => `at ${second}`),
    );
    expect(written.slice(plainLines).map(({ repeats }) => repeats)).toEqual([
      { count: 60, firstAt: at(30) },
      { count: 600, firstAt: at(90) },
      { count: 3600, firstAt: at(690) },
      { count: 3600, firstAt: at(4290) },
    ]);
    expect(written.at(-1)).toMatchObject({ at: at(7889), reason: anyReason('at 7889') });
    expect(lines.rest(at(10_800)).map(({ repeats }) => repeats)).toEqual([
      { count: 2910, firstAt: at(7890) },
    ]);
    expect(lines.hasCounted).toBe(false);
  });

  it('count for each kind alone, also when they alternate', () => {
    const lines = new RepeatedLines();
    const kinds = ['device.booted', 'device.version-changed'] as const;
    const written: NewEvent[] = [];
    for (let second = 0; second < 2_000; second += 1)
      written.push(...lines.take(line(second, kinds[second % 2], `1.${second % 4}`)));
    expect(written.filter(({ repeats }) => repeats === undefined)).toHaveLength(2 * plainLines);
    expect(lines.take(line(2_001, 'installation.failed'))).toHaveLength(1);
  });

  it('are written as they come again after a quiet hour', () => {
    const lines = new RepeatedLines();
    repeat(lines, 0, 100, 1);
    expect(lines.due(at(690))).toHaveLength(1);
    expect(lines.take(line(690 + 3600))).toMatchObject([{ reason: anyReason('at 4290') }]);
    const slow = new RepeatedLines();
    repeat(slow, 0, 4_290, 1);
    // Now as many in an hour as are written plainly.
    expect(repeat(slow, 4_290, 4_290 + 3_600, 300).filter(({ repeats }) => repeats)).toHaveLength(1);
    expect(repeat(slow, 7_890, 7_890 + 3_600, 300).map(({ repeats }) => repeats?.count)).toEqual([
      12,
      ...Array<undefined>(12).fill(undefined),
    ]);
  });

  it('that were counted once are told as they are', () => {
    const lines = new RepeatedLines();
    repeat(lines, 0, plainLines + 1, 1);
    expect(lines.due(at(1_000))).toEqual([line(plainLines)]);
  });

  it('are not kept back for years by a clock that was set back', () => {
    const lines = new RepeatedLines();
    repeat(lines, 1e8, 1e8 + 60, 1);
    expect(lines.hasCounted).toBe(true);
    expect(lines.due(at(0))).toMatchObject([{ repeats: { count: 30 } }]);
    expect(lines.take(line(1))).toHaveLength(1);
  });

  it('are bounded, whatever a device does in an hour', () => {
    for (const every of [0.01, 0.5, 7, 59, 61, 119]) {
      const lines = new RepeatedLines();
      for (let hour = 0; hour < 5; hour += 1)
        expect(repeat(lines, hour * 3600, (hour + 1) * 3600, every).length).toBeLessThanOrEqual(
          2 * plainLines + 3,
        );
    }
  });
});
