import { canBeTold } from '../../../src/core/told-text';

describe('a text that a device tells', () => {
  it.each(['1', '2026.10-rc1+git', 'Größe 3', 'x'.repeat(256)])('may be %j', (text) => {
    expect(canBeTold(text)).toBe(true);
  });

  it.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '1\n',
    'a\tb',
    'a\u202eb',
    'a\u2028b',
    'a\u2029b',
    '\ud800',
    'x'.repeat(257),
  ])('is not told as %j', (text) => {
    expect(canBeTold(text)).toBe(false);
  });
});
