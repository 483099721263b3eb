import { decideRange } from '../../../../src/http/device/range';

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
