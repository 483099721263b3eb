import { opaqueName, parseStoredName } from '../../../src/core/opaque';

const nonce = '0123456789abcdef';

it('keeps the name of the file at the end, where clients look for its extension', () => {
  expect(opaqueName(7, nonce, 'bundle.raucb_0')).toBe(`opaque-7-${nonce}-bundle.raucb_0`);
});

it.each(['../up', 'a/b', '.hidden', '', 'tail ', 'new\nline', 'a'.repeat(151), '-rf'])(
  'refuses %j as the name of a file',
  (name) => {
    expect(() => opaqueName(7, nonce, name)).toThrow(/cannot be the name of a file/);
    expect(() => parseStoredName(`opaque-7-${nonce}-${name}`)).toThrow();
  },
);

it.each([`opaque-7-${nonce}-x.swu`, 'bundle.raucb'])('stores %s', (name) => {
  expect(parseStoredName(name)).toBe(name);
});

it.each(['x.swu', `opaque-7-${nonce}`, `opaque-${nonce}-x.swu`, 'opaque-7-short-x.swu', '.incoming'])(
  'does not store %s',
  (name) => {
    expect(() => parseStoredName(name)).toThrow(/not a bundle name/);
  },
);
