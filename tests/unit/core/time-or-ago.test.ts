import { agoForm, timeOrAgo } from '../../../src/core/time-or-ago';

const now = new Date('2026-11-02T12:00:00Z');

describe('a time in the past', () => {
  it.each([
    ['90m', '2026-11-02T10:30:00.000Z'],
    ['12h', '2026-11-02T00:00:00.000Z'],
    ['7d', '2026-10-26T12:00:00.000Z'],
    ['2026-11-01T10:00:00+02:00', '2026-11-01T08:00:00.000Z'],
  ])('%s is an instant', (text, at) => {
    expect(timeOrAgo(text, now).toISOString()).toBe(at);
  });

  it.each(['0d', '07d', '7', 'd', '7 d', '7w', '-7d', '7d ', '99999d', '1.5h'])(
    '%j is no way to say how long ago',
    (text) => {
      expect(agoForm.test(text)).toBe(false);
    },
  );

  it('is a time that can be written, however long ago', () => {
    expect(timeOrAgo('9999d', now).toISOString()).toMatch(/^1999-/);
  });
});
