import { coversHost } from '../../../src/pki/server-names';
import { loadFunction } from '../../support/page-parts';

const coversHostOf = loadFunction('parts/covers-host.ts', 'coversHostOf') as (
  names: readonly string[],
  url: string,
) => boolean;

const names = ['updates.test', '*.boards.test', '*.test', '192.0.2.7', '2001:db8::7', 'xn--gert-loa.test'];

it.each([
  ['updates.test', true],
  ['UPDATES.test.', true],
  ['eu.boards.test', true],
  ['a.eu.boards.test', false],
  ['boards.test', false],
  ['elsewhere.org', false],
  ['192.0.2.7', true],
  ['192.0.2.8', false],
  ['[2001:db8:0::7]', true],
  ['[2001:db8::8]', false],
])('the page says of %s what the server would', (host, isCovered) => {
  const url = `https://${host}:8443`;
  expect(coversHostOf(names, url)).toBe(isCovered);
  expect(coversHost(names, host.replaceAll(/[[\]]/g, ''))).toBe(isCovered);
});

it('nothing is said of what is not a URL yet, or while nobody knows the names', () => {
  expect(coversHostOf(names, 'https://')).toBe(true);
  expect(coversHostOf([], 'https://updates.test')).toBe(false);
});
