import { parseKeyfile, listValue, sizeValue, textValue } from '../../../src/rauc/keyfile';

const parse = (text: string | Buffer) =>
  [...parseKeyfile(Buffer.from(text))].map(([name, entries]) => [name, Object.fromEntries(entries)]);
const refused = expect.objectContaining({ code: 'manifest-syntax' }) as Error;

describe('parseKeyfile', () => {
  it('reads groups, keys, comments and both line ends', () => {
    expect(parse('# top\r\n[a]\r\nk=v\r\n\n  # indented\n[b]  \n x y =  z  \nlast=1')).toEqual([
      ['a', { k: 'v' }],
      ['b', { 'x y': 'z  ', last: '1' }],
    ]);
  });

  it('merges a group that appears twice', () => {
    expect(parse('[a]\nk=1\n[b]\n[a]\nl=2')).toEqual([
      ['a', { k: '1', l: '2' }],
      ['b', {}],
    ]);
  });

  it('takes nothing for no groups', () => {
    expect(parse('')).toEqual([]);
  });

  it('takes the only encoding there is', () => {
    expect(parse('[a]\nEncoding=UTF-8\n[b]\nEncoding=other')).toEqual([
      ['a', { Encoding: 'UTF-8' }],
      ['b', { Encoding: 'other' }],
    ]);
  });

  it('does not take a lone carriage return for a line end', () => {
    expect(parse('[a]\nk=1\rl=2')).toEqual([['a', { k: '1\rl=2' }]]);
  });

  it('takes a byte order mark that is a part of a value', () => {
    expect(parse('[a]\nk=\uFEFF')).toEqual([['a', { k: '\uFEFF' }]]);
  });

  it.each<[string | Buffer, RegExp]>([
    ['k=v', /line "k=v" comes before any group/],
    ['[a]\nno equals sign', /neither a group, a key nor a comment/],
    ['[a]\n=v', /the key in "=v" is malformed/],
    ['[a]\n; comment', /neither a group, a key nor a comment/],
    ['[a]\nk=1\nk=1', /"k" appears twice/],
    ['[a]\nk=1\nk =2', /"k" appears twice/],
    ['[]', /group line "\[\]" is malformed/],
    ['[a', /group line/],
    ['[a]b', /group line/],
    ['[a[b]', /group line/],
    ['[a[b]]', /group line/],
    ['[a\tb]', /group line/],
    ['[a]\nk[=v', /key in .* is malformed/],
    ['[a]\nk[x]y=v', /key in .* is malformed/],
    ['[a]\nk[$]=v', /"k\[\$\]" is for one language only/],
    ['[a]\nk[C]=v', /for one language only/],
    ['[a]\nk[de_DE.UTF-8@euro]=x\nk=y', /for one language only/],
    ['[a]\nEncoding=latin1', /encoding "latin1" is not UTF-8/],
    ['\uFEFF[a]', /byte order mark/],
    ['[a]\nk=\0', /NUL byte/],
    [Buffer.from([0x5b, 0x61, 0x5d, 0x0a, 0x6b, 0x3d, 0xc3]), /not valid UTF-8/],
    ['[a]\n\u00a0=v\n\u000b[b', /neither a group, a key nor a comment/],
  ])('refuses %j, and says why', (text, why) => {
    expect(() => parse(text)).toThrow(refused);
    expect(() => parse(text)).toThrow(why);
    expect(() => parse(text)).toThrow(/^the manifest cannot be read: /);
  });

  it('shows no more than 60 characters of a line that it refuses', () => {
    const line = 'x'.repeat(60);
    expect(() => parse(`[a]\n${line}`)).toThrow(`"${line}"`);
    expect(() => parse(`[a]\n${line}x`)).toThrow(`"${line}…"`);
  });
});

describe('values', () => {
  it('unescape as GLib does', () => {
    expect(textValue('a\\sb\\nc\\td\\re\\\\f')).toBe('a b\nc\td\re\\f');
    for (const bad of ['\\', 'a\\x', '\\;']) {
      expect(() => textValue(bad)).toThrow(refused);
      expect(() => textValue(bad)).toThrow(/the escape ".*" is unknown/);
    }
  });

  it('are lists separated by semicolons', () => {
    expect(listValue('a;b')).toEqual(['a', 'b']);
    expect(listValue('a;b;')).toEqual(['a', 'b']);
    expect(listValue('a;;b')).toEqual(['a', '', 'b']);
    expect(listValue('a\\;b; c\\s')).toEqual(['a;b', ' c ']);
    expect(listValue('')).toEqual([]);
    expect(() => listValue('a\\')).toThrow(refused);
  });

  it('are sizes that a number holds exactly', () => {
    expect(sizeValue('+0042')).toBe(42);
    expect(sizeValue('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    for (const bad of ['', '-1', '1 ', '0x10', '9007199254740992', '1e3', '18446744073709551615', '١']) {
      expect(() => sizeValue(bad)).toThrow(refused);
      expect(() => sizeValue(bad)).toThrow(/is not a size/);
    }
  });
});
