import { cutText } from '../../../../src/base/text/cut-text';

it.each([
  ['', 3, ''],
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['a😀b', 4, 'a😀b'],
  ['a😀bc', 4, 'a😀…'],
  ['a😀bc', 3, 'a…'],
])('cuts %j to %d as %j, and no character in two', (text, maxLength, expected) => {
  expect(cutText(text, maxLength)).toBe(expected);
});
