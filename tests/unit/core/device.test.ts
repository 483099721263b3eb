import { isDeviceId, parseChannel, parseDeviceId, parseLabel } from '../../../src/core/device';

describe('parseDeviceId', () => {
  it.each(['dev-1', 'A', '0', '00:11:22:33:44:55', 'sn_4@site+b.example', 'x'.repeat(64)])(
    'returns %s unchanged',
    (id) => {
      expect(parseDeviceId(id)).toBe(id);
      expect(isDeviceId(id)).toBe(true);
    },
  );

  it.each([
    '',
    '.',
    '..',
    '../server',
    '/etc',
    '.hidden',
    '-x',
    'a b',
    'a/b',
    'a\\b',
    'a\0',
    'a\n',
    'a,b',
    'ä',
    'x'.repeat(65),
  ])('refuses %j', (id) => {
    expect(() => parseDeviceId(id)).toThrow(
      expect.objectContaining({ name: 'DomainError', code: 'invalid-input' }) as Error,
    );
    expect(isDeviceId(id)).toBe(false);
  });
});

describe.each([
  ['parseLabel', parseLabel],
  ['parseChannel', parseChannel],
])('%s', (_name, parse) => {
  it.each(['stable', 'lab', 'site=berlin', '0', 'a:b@c+d-e.f_g', 'x'.repeat(64)])(
    'returns %s unchanged',
    (word) => {
      expect(parse(word)).toBe(word);
    },
  );

  it.each(['', ' lab', 'lab ', 'a b', 'a,b', 'a/b', '-x', '=x', '_x', 'ä', 'a\n', 'x'.repeat(65)])(
    'refuses %j',
    (word) => {
      expect(() => parse(word)).toThrow(
        expect.objectContaining({ name: 'DomainError', code: 'invalid-input' }) as Error,
      );
    },
  );
});
