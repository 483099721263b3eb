import fc from 'fast-check';
import { decideRange } from '../../../src/http/range';

const part = (start: number, end: number) => ({ kind: 'part', start, end });
const whole = { kind: 'whole' };
const unsatisfiable = { kind: 'unsatisfiable' };

it.each([
  [undefined, whole],
  ['', whole],
  ['bytes=0-0', part(0, 0)],
  ['bytes=0-9', part(0, 9)],
  ['bytes=9-9', part(9, 9)],
  ['bytes=9-', part(9, 9)],
  ['bytes=0-', part(0, 9)],
  ['bytes=10-', unsatisfiable],
  ['bytes=10-10', unsatisfiable],
  ['bytes=9-10', part(9, 9)],
  ['bytes=3-99999999999999999999', part(3, 9)],
  ['bytes=99999999999999999999-', unsatisfiable],
  ['bytes=5-5', part(5, 5)],
  ['bytes=5-4', whole],
  ['bytes=20-19', whole],
  ['bytes=-1', part(9, 9)],
  ['bytes=-10', part(0, 9)],
  ['bytes=-11', part(0, 9)],
  ['bytes=-0', unsatisfiable],
  ['bytes=-', whole],
  ['BYTES=1-2', part(1, 2)],
  ['bytes= \t,1-2 ,\t', part(1, 2)],
  ['bytes=1-2,', part(1, 2)],
  ['bytes=1-2,4-5', whole],
  ['bytes =1-2', whole],
  ['bytes=1 -2', whole],
  [' bytes=1-2', whole],
  ['bytes=+1-2', whole],
  ['bytes=1e0-2', whole],
  ['bytes=１-2', whole],
  ['bytes=1-2\n', whole],
  ['items=1-2', whole],
])('of ten bytes, %j asks for %j', (header, answer) => {
  expect(decideRange(header, 10)).toEqual(answer);
});

it('finds the only byte of a file', () => {
  expect(['bytes=0-0', 'bytes=0-', 'bytes=-1', 'bytes=-5'].map((header) => decideRange(header, 1))).toEqual(
    Array.from({ length: 4 }, () => part(0, 0)),
  );
  expect(decideRange('bytes=1-', 1)).toEqual(unsatisfiable);
});

describe('the range that a header asks for', () => {
  it('never leaves the file, whatever the header', () => {
    const number = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 70n }).map(String),
      fc.nat(5000).map(String),
      fc.constant(''),
    );
    const header = fc.oneof(
      fc.tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`),
      fc.string(),
      fc.string().map((text) => `bytes=${text}`),
    );
    fc.assert(
      fc.property(header, fc.integer({ min: 1, max: 4000 }), (text, size) => {
        const answer = decideRange(text, size);
        if (answer.kind !== 'part') return;
        expect(answer.start).toBeGreaterThanOrEqual(0);
        expect(answer.end).toBeGreaterThanOrEqual(answer.start);
        expect(answer.end).toBeLessThan(size);
      }),
    );
  });

  it('is exact beyond 2^32', () => {
    const size = 2 ** 43 + 1;
    expect(decideRange(`bytes=${2 ** 43 - 1}-${2 ** 43}`, size)).toEqual({
      kind: 'part',
      start: 2 ** 43 - 1,
      end: 2 ** 43,
    });
  });

  it('is read in time that grows with the header, not faster', () => {
    const begin = performance.now();
    decideRange(`bytes=${', '.repeat(8_000)}x`, 10);
    expect(performance.now() - begin).toBeLessThan(200);
  });
});
