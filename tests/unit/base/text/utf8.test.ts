import { decodeUtf8 } from '../../../../src/base/text/utf8';

it.each(['', 'plain', 'Grüße', '日本', '\u{1f680}', 'a\0b'])('decodes %j', (text) => {
  expect(decodeUtf8(Buffer.from(text))).toBe(text);
});

it('drops a byte order mark at the start unless it is to be kept', () => {
  const marked = Buffer.from('\uFEFFa\uFEFF');
  expect(decodeUtf8(marked)).toBe('a\uFEFF');
  expect(decodeUtf8(marked, 'keep')).toBe('\uFEFFa\uFEFF');
});

it.each([
  ['a byte of another encoding', 'e4'],
  ['a character cut short', 'e697'],
  ['a character written longer than it is', 'c0af'],
  ['half of a pair of UTF-16', 'eda080'],
  ['a character beyond Unicode', 'f4908080'],
  ['a continuation without a begin', '80'],
])('does not take %s', (_what, hex) => {
  expect(decodeUtf8(Buffer.from(`61${hex}62`, 'hex'))).toBeUndefined();
});
