import { parseBundleName, parseCompatible, parseSha256 } from '../../../src/core/bundle';

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

describe('parseSha256', () => {
  const sha256 = '0123456789abcdef'.repeat(4);

  it('returns 64 lower-case hexadecimal digits unchanged', () => {
    expect(parseSha256(sha256)).toBe(sha256);
  });

  it.each([
    '',
    sha256.slice(1),
    `${sha256}0`,
    `g${sha256}`,
    sha256.toUpperCase(),
    `${sha256.slice(1)}g`,
    ` ${sha256}`,
  ])('refuses %j', (text) => {
    expect(() => parseSha256(text)).toThrow(invalid);
  });
});

describe('what is refused', () => {
  it.each([
    ['parseBundleName', parseBundleName, /a bundle name/, /\.raucb.*200/],
    ['parseCompatible', parseCompatible, /a compatible/, /200/],
    ['parseSha256', parseSha256, /SHA-256/, /64/],
  ])('is quoted, cut short, with a remedy: %s', (_name, parse, what, remedy) => {
    const refusal = (): unknown => {
      try {
        return parse(' '.repeat(1000));
      } catch (error) {
        return error;
      }
    };
    expect(refusal()).toMatchObject({
      message: expect.stringMatching(what) as string,
      remedy: expect.stringMatching(remedy) as string,
    });
    expect(refusal()).toMatchObject({ message: expect.stringMatching(/^" {80}"/) as string });
  });
});
