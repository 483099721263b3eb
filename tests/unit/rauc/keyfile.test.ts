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

  it.each([
    'k=v',
    '[a]\nno equals sign',
    '[a]\n=v',
    '[a]\n; comment',
    '[a]\nk=1\nk=1',
    '[a]\nk=1\nk =2',
    '[]',
    '[a',
    '[a]b',
    '[a[b]]',
    '[a\tb]',
    '[a]\nk[=v',
    '[a]\nk[$]=v',
    '[a]\nk[C]=v',
    '[a]\nk[de_DE.UTF-8@euro]=x\nk=y',
    '[a]\nEncoding=latin1',
    '\uFEFF[a]',
    '[a]\nk=\0',
    Buffer.from([0x5b, 0x61, 0x5d, 0x0a, 0x6b, 0x3d, 0xc3]),
    '[a]\n\u00a0=v\n\u000b[b',
  ])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow(refused);
  });
});

describe('values', () => {
  it('unescape as GLib does', () => {
    expect(textValue('a\\sb\\nc\\td\\re\\\\f')).toBe('a b\nc\td\re\\f');
    for (const bad of ['\\', 'a\\x', '\\;']) expect(() => textValue(bad)).toThrow(refused);
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
    for (const bad of ['', '-1', '1 ', '0x10', '9007199254740992', '1e3', '18446744073709551615', '١'])
      expect(() => sizeValue(bad)).toThrow(refused);
  });
});
