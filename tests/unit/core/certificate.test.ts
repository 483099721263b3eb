import { daysLeft, parseSerial } from '../../../src/core/certificate';

describe('the days that are left', () => {
  const now = new Date('2026-11-01T12:00:00Z');

  it.each([
    ['2026-11-02T12:00:00Z', 1],
    ['2026-11-02T11:59:59Z', 0],
    ['2026-11-01T12:00:00Z', 0],
    ['2026-11-01T11:59:59Z', -1],
    ['2027-11-01T12:00:00Z', 365],
  ])('until %s are %d', (end, days) => {
    expect(daysLeft(new Date(end), now)).toBe(days);
  });
});

describe('a serial number', () => {
  it.each([
    ['5f3a', '5f3a'],
    ['5F3A', '5f3a'],
    ['serial=5F3A', '5f3a'],
    ['0x5f3a', '5f3a'],
    ['serial=0x5f3a', '5f3a'],
    ['5f:3a:00', '5f3a00'],
    [' 5f 3a\n', '5f3a'],
    ['005f3a', '5f3a'],
    ['0', '0'],
    ['000', '0'],
    ['f'.repeat(64), 'f'.repeat(64)],
  ])('is read as people copy it: %j', (text, serial) => {
    expect(parseSerial(text)).toBe(serial);
  });

  it.each(['', 'serial=', '0x', '5f3g', 'g5f3', '-5f', '5f0x3a', '5fserial=3a', '5f,3a', 'f'.repeat(65)])(
    'is refused: %j',
    (text) => {
      const refused = {
        name: 'DomainError',
        code: 'invalid-input',
        remedy: expect.stringMatching(/hex/) as string,
      };
      expect(() => parseSerial(text)).toThrow(expect.objectContaining(refused) as Error);
    },
  );

  it('is cut short where it is quoted', () => {
    expect(() => parseSerial('x'.repeat(1000))).toThrow(new RegExp(`"x{80}"`));
  });
});
