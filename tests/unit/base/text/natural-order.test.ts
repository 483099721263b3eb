import fc from 'fast-check';
import { compareNaturally } from '../../../../src/base/text/natural-order';

describe('the natural order of names', () => {
  it.each([
    [
      ['v10', 'v9', 'v1'],
      ['v1', 'v9', 'v10'],
    ],
    [
      ['fw-1.10.0.raucb', 'fw-1.9.0.raucb'],
      ['fw-1.9.0.raucb', 'fw-1.10.0.raucb'],
    ],
    [
      ['board-2', 'Board-1', 'board-10'],
      ['Board-1', 'board-2', 'board-10'],
    ],
    [
      ['v01', 'v1'],
      ['v01', 'v1'],
    ],
  ])('counts numbers as people do: %j', (names, sorted) => {
    expect([...names].sort(compareNaturally)).toEqual(sorted);
  });

  it('calls only equal texts equal, and does not depend on the order before', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'A', '0', '1', '.', '-', 'é', 'e\u0301') });
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(compareNaturally(a, b) === 0).toBe(a === b);
        expect(Math.sign(compareNaturally(a, b)) + Math.sign(compareNaturally(b, a))).toBe(0);
      }),
    );
  });
});
