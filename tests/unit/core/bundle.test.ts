import { parseBundleName, parseCompatible } from '../../../src/core/bundle';

const invalid = expect.objectContaining({ name: 'DomainError', code: 'invalid-input' }) as Error;

describe('parseBundleName', () => {
  it.each([
    'a.raucb',
    'fw 1.0+rc1.raucb',
    'fw1.0rc1.raucb',
    'Board_2@x=1,(b)~c.raucb',
    `${'x'.repeat(194)}.raucb`,
  ])('returns %s unchanged', (name) => {
    expect(parseBundleName(name)).toBe(name);
  });

  it.each([
    '',
    '.raucb',
    '..raucb',
    '.hidden.raucb',
    '-rf.raucb',
    ' a.raucb',
    'a .raucb',
    '../a.raucb',
    'a/b.raucb',
    'a\\b.raucb',
    'a.raucb/',
    'a.RAUCB',
    'a.raucb.part',
    'a.tar',
    'a\0.raucb',
    'a\n.raucb',
    'a.raucb\n',
    'ä.raucb',
    'a%2f.raucb',
    'a\u202e.raucb',
    'a".raucb',
    "a'.raucb",
    '<a>.raucb',
    `${'x'.repeat(195)}.raucb`,
  ])('refuses %j', (name) => {
    expect(() => parseBundleName(name)).toThrow(invalid);
  });
});

describe('parseCompatible', () => {
  it.each(['board', 'acme/gw', 'acme gw', 'Größe;x', '__proto__', 'x'.repeat(200)])(
    'returns %s unchanged',
    (text) => {
      expect(parseCompatible(text)).toBe(text);
    },
  );

  it.each(['', ' ', ' board', 'board ', 'a\nb', 'a\0', 'a\u202eb', 'a\u2028b', '\ud800', 'x'.repeat(201)])(
    'refuses %j',
    (text) => {
      expect(() => parseCompatible(text)).toThrow(invalid);
    },
  );
});
