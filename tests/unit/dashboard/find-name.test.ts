import { findName } from '../../../src/dashboard/parts/find-name';

describe('the place of a name in a sentence', () => {
  it.each([
    ['board-1.2.raucb is proven on board-1', 'board-1', 29],
    ['my-board-1 and board-1', 'board-1', 15],
    ['dev-10 follows dev-1.', 'dev-1', 15],
    ['the installation of b.raucb on a was cancelled: no', 'a', 31],
    ['axb and a.b: why', 'a.b', 8],
    ['dev:1 and x@dev and dev: why', 'dev', 20],
    ['dev-1 was changed: notes', 'dev-1', 0],
    ['the hold on dev-2 was lifted', 'dev-1', -1],
  ])('is not that of a longer one: %s', (sentence, name, at) => {
    expect(findName(sentence, name)).toBe(at);
  });
});
