import { headerText } from '../../../../../src/http/device/transport/header-text';

/** As Node gives the bytes of a header. */
const header = (text: string) => Buffer.from(text).toString('latin1');

it.each(['', 'plain text', 'Grüße', '日本', 'a\tb', 'a\x7fb'])('reads %j', (text) => {
  expect(headerText(header(text))).toBe(text);
});

it('does not read what is not UTF-8', () => {
  expect(headerText('Gr\xfc\xdfe')).toBeUndefined();
  expect(headerText('\xe6\x97')).toBeUndefined();
});
