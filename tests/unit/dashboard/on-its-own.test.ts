import { onItsOwn } from '../../../src/dashboard/on-its-own';

describe('a sentence on its own', () => {
  it('begins in upper case', () => {
    expect(onItsOwn('it runs after a new boot', {})).toBe('It runs after a new boot');
    expect(onItsOwn('the token ci was created', { name: 'ci', scope: '' })).toBe('The token ci was created');
  });

  it.each([
    ['board-1 is held', { device: 'board-1', by: 'local' }],
    ['a.raucb, b.raucb are too large', { names: ['a.raucb', 'b.raucb'] }],
    ['ci is no scope', { why: { code: 'x', parameters: { scope: 'ci' } } }],
  ])('that begins with a name stays as it is: %s', (sentence, parameters) => {
    expect(onItsOwn(sentence, parameters)).toBe(sentence);
  });
});
